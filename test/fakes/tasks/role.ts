import { FENCE_SECONDS } from "../../../contract/limits.ts";
import { CLOCK_MARGIN_SECONDS, endedEntry, type RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import { LATEST, type RoleSnapshot } from "../../../functions/core/revocation/roles.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";

/** Fake record of one role, in memory. The contract suite compares it with the adapter. */
export class FakeRole {
  readonly #living = new Map<TaskPath, RoleEntry>();
  readonly #above = new Map<TaskPath, RoleEntry>();
  readonly #alone = new Map<TaskPath, RoleEntry>();
  /** Number of ended tasks without children that a snapshot contains: the latest ones, whatever their age. */
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  issued(entry: RoleEntry): void {
    this.#living.set(entry.path, entry);
  }

  ended(entry: RoleEntry, endedAt: number, hasDelegated = false): void {
    this.#living.delete(entry.path);
    (hasDelegated ? this.#above : this.#alone).set(entry.path, endedEntry(entry, endedAt, hasDelegated));
  }

  living(): readonly RoleEntry[] {
    return [...this.#living.values()];
  }

  forget(path: TaskPath): void {
    this.#living.delete(path);
  }

  snapshot(nowSeconds: number): RoleSnapshot {
    const alone = since(this.#alone, nowSeconds).sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
    const latest = alone.filter(({ endedAt = 0 }, rank) => rank < this.#most || endedAt >= nowSeconds - LATEST.seconds);
    return {
      entries: [...this.#living.values(), ...since(this.#above, nowSeconds), ...latest],
      isWhole: latest.length === alone.length,
    };
  }

  all(atSeconds: number): readonly RoleEntry[] {
    return [...this.#living.values(), ...since(this.#above, atSeconds), ...since(this.#alone, atSeconds)];
  }
}

/** Selects tasks whose end is so recent that a session may still have to be revoked. */
const since = (ended: ReadonlyMap<TaskPath, RoleEntry>, atSeconds: number): RoleEntry[] =>
  [...ended.values()].filter(
    ({ endedAt = 0 }) => endedAt >= Math.floor(atSeconds) - FENCE_SECONDS - 2 * CLOCK_MARGIN_SECONDS,
  );
