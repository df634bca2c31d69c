import { withDeniedWrites } from "../../../functions/core/escalation/denied-writes.ts";
import type { DeniedWrite } from "../../../functions/core/ledger/ledger.ts";
import {
  type AddedRow,
  type CopiedKey,
  type Ledger,
  MOST_COPIES,
  type UseRow,
} from "../../../functions/core/ledger/ledger.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";

/** Ledger in memory. */
export class FakeLedger implements Ledger {
  readonly #seen = new Set<string>();
  readonly #counts = new Map<TaskPath, number>();
  readonly #denied = new Map<TaskPath, readonly DeniedWrite[]>();
  readonly #copies = new Map<TaskPath, readonly CopiedKey[]>();
  readonly #rows = new Map<TaskPath, Map<string, UseRow>>();

  async add(
    path: TaskPath,
    eventIds: readonly string[],
    rows: readonly AddedRow[],
    fresh: number,
  ): Promise<readonly string[]> {
    const known = eventIds.filter((id) => this.#seen.has(id));
    if (known.length > 0) return known;
    const isStale = ({ held, ...row }: AddedRow): boolean => {
      const now = this.#rows.get(path)?.get(nameOf(row));
      if (!held || !now) return (held === undefined) !== (now === undefined);
      return (row.first < held.first && row.first >= now.first) || (row.last >= held.last && row.last < now.last);
    };
    if (rows.some(isStale)) throw new Refusal("contended");
    for (const id of eventIds) this.#seen.add(id);
    this.#counts.set(path, (this.#counts.get(path) ?? 0) + fresh);
    const own = this.#rows.get(path) ?? new Map<string, UseRow>();
    this.#rows.set(path, own);
    for (const { held: _, ...row } of rows) {
      const before = own.get(nameOf(row));
      const sums = { used: row.used + (before?.used ?? 0), denied: row.denied + (before?.denied ?? 0) };
      const latest = before === undefined || row.last >= before.last ? { ...before, ...row } : { ...row, ...before };
      const versions = new Set([...(before?.versions ?? []), ...(row.versions ?? [])]);
      own.set(nameOf(row), {
        ...latest,
        ...sums,
        first: Math.min(row.first, before?.first ?? row.first),
        ...(versions.size === 0 ? {} : { versions: [...versions].sort() }),
      });
    }
    return [];
  }

  async held(path: TaskPath, rows: readonly Pick<UseRow, "action" | "resource">[]) {
    return rows.map((row) => this.#rows.get(path)?.get(nameOf(row)));
  }

  async count(path: TaskPath): Promise<number> {
    return this.#counts.get(path) ?? 0;
  }

  async copies(path: TaskPath): Promise<readonly CopiedKey[]> {
    return this.#copies.get(path) ?? [];
  }

  async learnCopy(path: TaskPath, copy: CopiedKey): Promise<void> {
    const known = this.#copies.get(path) ?? [];
    if (known.some(({ keyId }) => keyId === copy.keyId)) return;
    this.#copies.set(path, [...known, copy].slice(-MOST_COPIES));
  }

  async rememberDenied(path: TaskPath, writes: readonly DeniedWrite[]): Promise<readonly DeniedWrite[]> {
    const all = withDeniedWrites(this.#denied.get(path) ?? [], writes);
    this.#denied.set(path, all);
    return all;
  }

  async list(path: TaskPath): Promise<readonly UseRow[]> {
    return [...(this.#rows.get(path)?.values() ?? [])];
  }
}

const nameOf = ({ action, resource }: Pick<UseRow, "action" | "resource">): string => `${action} ${resource}`;
