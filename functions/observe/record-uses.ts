import { defined } from "../core/defined.ts";
import type { ApiUse } from "../core/ledger/api-use.ts";
import {
  type AddedRow,
  type HeldRow,
  type Ledger,
  MOST_ROWS,
  MOST_VERSIONS,
  OTHER,
  type UseRow,
} from "../core/ledger/ledger.ts";
import type { TaskPath } from "../core/task-path.ts";
import { whileContended, withoutPause } from "../core/while-contended.ts";

/** Upper bound on attempts to add to rows that others change at the same time. */
const ATTEMPTS = 16;

/**
 * Adds a task's uses to its ledger, each event once.
 * @returns the uses that were not recorded before.
 */
export async function recordUses(path: TaskPath, uses: readonly ApiUse[], ledger: Ledger): Promise<readonly ApiUse[]> {
  let left = [...new Map(uses.map((use) => [seenId(use), use])).values()];
  while (left.length > 0) {
    const batch = left;
    const ids = batch.map(seenId);
    const seen = await whileContended(async () => {
      const { rows, fresh } = await boundedRows(path, rowsOf(batch), ledger);
      return ledger.add(path, ids, rows, fresh);
    }, withoutPause(ATTEMPTS));
    if (seen.length === 0) break;
    left = left.filter((use) => !seen.includes(seenId(use)));
  }
  return left;
}

/** Makes the id of an event with its account, so that one account's event cannot hide another's. */
const seenId = ({ account, eventId }: ApiUse): string => `${account}/${eventId}`;

/** Sums calls of equal action and resource. */
function rowsOf(uses: readonly ApiUse[]): readonly UseRow[] {
  const groups = Map.groupBy(uses, ({ action, resource }) => `${action} ${resource}`);
  return [...groups.values()].flatMap((group) => {
    const latest = group.toSorted((a, b) => b.at - a.at)[0];
    if (!latest) return [];
    const { action, resource, isMapped, region, sourceIp, errorCode } = latest;
    const denied = group.filter(({ isDenied }) => isDenied).length;
    const first = Math.min(...group.map(({ at }) => at));
    const row = {
      action,
      resource,
      isMapped,
      used: group.length - denied,
      denied,
      first,
      last: latest.at,
      region,
      sourceIp,
    };
    const versions = group.flatMap(({ version }) => version ?? []);
    return [{ ...row, ...defined({ errorCode }), ...(versions.length === 0 ? {} : { versions }) }];
  });
}

/** Rows within the bound, and the number of those that are new to the task. The row of everything else does not count. */
interface BoundedRows {
  readonly rows: readonly AddedRow[];
  readonly fresh: number;
}

/** Puts new rows beyond the bound into the row of everything else. */
async function boundedRows(path: TaskPath, rows: readonly UseRow[], ledger: Ledger): Promise<BoundedRows> {
  const known = await ledger.held(path, rows);
  const added = rows.map((row, at): AddedRow => ({ ...withRoom(row, known[at]), held: known[at] }));
  const fresh = added.filter(({ held }) => held === undefined);
  if (fresh.length === 0) return { rows: added, fresh: 0 };
  const room = Math.max(0, MOST_ROWS - (await ledger.count(path)));
  const beyond = new Set(fresh.slice(room));
  if (beyond.size === 0) return { rows: added, fresh: fresh.length };
  const [held] = await ledger.held(path, [OTHER]);
  const bounded = added.map((row): AddedRow => {
    if (!beyond.has(row)) return row;
    const { versions: _, ...rest } = row;
    return { ...rest, ...OTHER, held };
  });
  return { rows: merged(bounded), fresh: fresh.length - beyond.size };
}

/** Leaves out the versions for which a row has no room. A version that is not recorded counts as somebody else's. */
function withRoom({ versions, ...row }: UseRow, held: HeldRow | undefined): UseRow {
  const fitting = versions?.slice(0, Math.max(0, MOST_VERSIONS - (held?.versions?.length ?? 0))) ?? [];
  return fitting.length === 0 ? row : { ...row, versions: fitting };
}

/** Sums rows that became equal. */
function merged(rows: readonly AddedRow[]): readonly AddedRow[] {
  const sums = new Map<string, AddedRow>();
  for (const row of rows) {
    const name = `${row.action} ${row.resource}`;
    const sum = sums.get(name);
    const both = sum && {
      ...(row.last >= sum.last ? row : sum),
      used: sum.used + row.used,
      denied: sum.denied + row.denied,
      first: Math.min(sum.first, row.first),
      last: Math.max(sum.last, row.last),
    };
    sums.set(name, both ?? row);
  }
  return [...sums.values()];
}
