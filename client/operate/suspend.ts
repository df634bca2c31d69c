import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { described } from "./described-agent.ts";
import { endedTasks } from "./ended-tasks.ts";
import type { Operator } from "./operator.ts";
import type { OperatorApi } from "./operator-api.ts";
import { describedReceipts, listOf, Receipts } from "./receipts.ts";
import { table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

interface Wanted {
  readonly agent: string;
  readonly reason: string | undefined;
  /** Undefined where nobody waits. */
  readonly waitSeconds: number | undefined;
}

/**
 * Suspends an agent and prints which tasks that ended. Where somebody waits: until IAM has what denies each key, those of an earlier suspension too.
 * @throws {ClientError} later where a key is not denied in time.
 */
export async function suspend(
  { agent, reason, waitSeconds }: Wanted,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const deadlineMs = Date.now() + (waitSeconds ?? 0) * 1_000;
  const told = await report.patiently("ending its tasks", suspendAgent(api, agent, reason));
  const text = `${described(told)}${endedTable(listOf(told.ended).map(String))}`;
  if (waitSeconds === undefined) {
    print(told, () => text);
    return 0;
  }
  const before = await endedTasks(api, agent, haltedAtMs(told));
  const ids = before.tasks.map(({ id }) => String(id));
  return awaitDenied(
    { told, text, ids, deadlineMs, how: `valetkey receipt --agent ${agent} --wait 60` },
    { api, print },
    report,
  );
}

/** Ending of tasks, as the service and the command tell of it. */
interface Ending {
  readonly told: Body;
  readonly text: string;
  /** Further tasks whose keys must be denied. */
  readonly ids: readonly string[];
  readonly deadlineMs: number;
  /** Command that waits longer. */
  readonly how: string;
}

/** Waits until IAM has what denies each key of ended tasks, and prints the receipts. @throws {ClientError} later where a key is not denied in time. */
export async function awaitDenied(
  { told, text, ids, deadlineMs, how }: Ending,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const receipts = new Receipts(api);
  await receipts.await([...new Set([...listOf(told.ended).map(String), ...ids])], deadlineMs, report);
  const { all, isComplete: complete, unread } = receipts;
  print({ ...told, receipts: all, complete }, () => `${text}\n${describedReceipts(all, complete)}`);
  if (complete) return 0;
  const open = all.filter((each) => each.complete !== true).length + unread.size;
  throw new ClientError(
    "later",
    "not_denied",
    `of ${open} task(s) not every key is denied yet: ${how}, or wait for the last fence`,
  );
}

/** Suspends an agent; may be repeated. */
export const suspendAgent = (api: OperatorApi, agent: string, reason: string | undefined): Promise<Body> =>
  api.post(`/v1/agents/${encodeURIComponent(agent)}/suspend`, reason === undefined ? {} : { reason });

/** Reads the moment of an agent's halt; epoch milliseconds, now where it is unknown. */
export function haltedAtMs({ halted }: Body): number {
  const at = Date.parse(String((halted as Body | undefined)?.at));
  return Number.isFinite(at) ? at : Date.now();
}

/** Formats the tasks that one request ended. */
export const endedTable = (ended: readonly string[]): string =>
  ended.length === 0
    ? "\nNo task was left to end.\n"
    : `\n${table(
        ["ended task"],
        ended.map((id) => [id]),
      )}`;
