import type { Catalogue } from "../core/catalogue/catalogue.ts";
import { type ApiUse, apiUseOf } from "../core/ledger/api-use.ts";
import { type Ledger, MOST_ROWS, OTHER, type UseRow } from "../core/ledger/ledger.ts";
import type { Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { TaskPath } from "../core/tasks/path.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import { isTaskRole, PROBE_IDENTITY } from "../names.ts";
import { type BatchAnswer, failedMessages, type QueueBatch } from "../queues/batch.ts";

/** Ports of the observer. */
export interface ObservePorts {
  readonly tasks: Pick<Tasks, "read">;
  readonly ledger: Ledger;
  readonly catalogue: Catalogue;
  readonly log: Log;
}

/**
 * Records what tasks did with their keys, from events of CloudTrail. An event counts for a task only if the task has a lease in the role and account of
 * the session; a session's name is the exchange's to give. Each event counts once, however often it is delivered.
 */
export async function observe({ Records: messages }: QueueBatch, ports: ObservePorts): Promise<BatchAnswer> {
  const uses = messages.map(({ messageId, body }) => ({
    messageId,
    use: apiUseOf(jsonFields(body), isTasks, ports.catalogue),
  }));
  const failed: { readonly messageId: string }[] = [];
  for (const [path, own] of Map.groupBy(uses, ({ use }) => use?.path)) {
    if (path === undefined) continue;
    try {
      await recordUses(
        path,
        own.flatMap(({ use }) => (use ? [use] : [])),
        ports,
      );
    } catch (error) {
      ports.log.write({ level: "warn", event: "uses_not_recorded", task: path, why: reasonOf(error) });
      failed.push(...own);
    }
  }
  return failedMessages(failed);
}

/** A probe has the task's name and role, and is no call of the task. */
const isTasks = (role: string, sourceIdentity: string): boolean =>
  isTaskRole(role) && sourceIdentity !== PROBE_IDENTITY;

async function recordUses(
  path: TaskPath,
  uses: readonly ApiUse[],
  { tasks, ledger, log }: ObservePorts,
): Promise<void> {
  const task = await tasks.read(path);
  const own = uses.filter(({ account, role }) =>
    task?.leases.some((lease) => lease.account === account && lease.role === role),
  );
  if (own.length < uses.length)
    log.write({
      level: "error",
      event: "foreign_session",
      task: path,
      what: uses.find((use) => !own.includes(use))?.role,
    });
  let left = [...new Map(own.map((use) => [use.eventId, use])).values()];
  while (left.length > 0) {
    const { rows, fresh } = await boundedRows(path, rowsOf(left), ledger);
    const seen = await ledger.add(
      path,
      left.map(({ eventId }) => eventId),
      rows,
      fresh,
    );
    if (seen.length === 0) break;
    left = left.filter(({ eventId }) => !seen.includes(eventId));
  }
  const unmapped = left.filter(({ isMapped }) => !isMapped);
  if (left.length > 0)
    log.write({
      level: "info",
      event: "uses_recorded",
      task: path,
      uses: left.length,
      denied: left.filter(({ isDenied }) => isDenied).length,
      unmapped: unmapped.length,
    });
}

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
    return [errorCode === undefined ? row : { ...row, errorCode }];
  });
}

/** Rows within the bound, and how many of them the task has not had; the row of everything else is not counted. */
interface BoundedRows {
  readonly rows: readonly UseRow[];
  readonly fresh: number;
}

/** Puts new rows beyond the bound into the row of everything else. */
async function boundedRows(path: TaskPath, rows: readonly UseRow[], ledger: Ledger): Promise<BoundedRows> {
  const known = await ledger.has(path, rows);
  const fresh = rows.filter((_, at) => !known[at]);
  if (fresh.length === 0) return { rows, fresh: 0 };
  const room = Math.max(0, MOST_ROWS - (await ledger.count(path)));
  const beyond = new Set(fresh.slice(room));
  const bounded = merged(rows.map((row) => (beyond.has(row) ? { ...row, ...OTHER } : row)));
  return { rows: bounded, fresh: fresh.length - beyond.size };
}

/** Sums rows that became equal. */
function merged(rows: readonly UseRow[]): readonly UseRow[] {
  const sums = new Map<string, UseRow>();
  for (const row of rows) {
    const name = `${row.action} ${row.resource}`;
    const sum = sums.get(name);
    const both = sum && {
      ...row,
      used: sum.used + row.used,
      denied: sum.denied + row.denied,
      first: Math.min(sum.first, row.first),
      last: Math.max(sum.last, row.last),
    };
    sums.set(name, both ?? row);
  }
  return [...sums.values()];
}
