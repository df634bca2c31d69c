import { counted } from "../../../contract/decision/counted.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import type { Reporter } from "../../reporter.ts";
import type { Operator } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { endedTasks } from "../tasks/ended-tasks.ts";
import { describedReceipts, Receipts } from "../tasks/receipts.ts";
import { described } from "./described-agent.ts";

type Agent = ReadAnswer<"GET /v1/agents/{agent}">;

interface Wanted {
  readonly agent: string;
  readonly reason: string | undefined;
  /** Undefined without `--wait`. */
  readonly waitSeconds: number | undefined;
}

/**
 * Suspends an agent and prints the tasks that this ended. With `--wait`, waits until IAM has a denial of each key, keys of an earlier suspension included.
 * @throws {ClientError} later where a key is not denied in time.
 */
export async function suspend(
  { agent, reason, waitSeconds }: Wanted,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const deadlineMs = Date.now() + (waitSeconds ?? 0) * 1_000;
  const answer = await report.patiently("ending its tasks", suspendAgent(api, agent, reason));
  const text = shown`${described(answer)}${endedTable(answer.ended)}`;
  if (waitSeconds === undefined) {
    print(answer, () => text);
    return 0;
  }
  const before = await endedTasks(api, agent, haltedAtMs(answer));
  const ids = before.tasks.map(({ id }) => id);
  return awaitDenied(
    { answer, text, ids, deadlineMs, how: `${ownCommand()} receipt --agent ${agent} --wait 60` },
    { api, print },
    report,
  );
}

/** Ending of tasks: the service's answer, and the command's text about it. */
interface Ending {
  readonly answer: { readonly ended: readonly string[] };
  readonly text: Shown;
  /** Further tasks whose keys must be denied. */
  readonly ids: readonly string[];
  readonly deadlineMs: number;
  /** Command that waits longer. */
  readonly how: string;
}

/** Waits until IAM has a denial of each key of ended tasks, and prints the receipts. @throws {ClientError} later where a key is not denied in time. */
export async function awaitDenied(
  { answer, text, ids, deadlineMs, how }: Ending,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const receipts = new Receipts(api);
  await receipts.await([...new Set([...answer.ended, ...ids])], deadlineMs, report);
  const { all, isComplete: complete, unread } = receipts;
  print({ ...answer, receipts: all, complete }, () => shown`${text}\n${describedReceipts(all, complete)}`);
  if (complete) return 0;
  const open = all.filter((each) => !each.complete).length + unread.size;
  throw new ClientError(
    "later",
    "not_denied",
    `not every key is denied yet, of ${counted(open, "task")}: ${how}, or wait for the last fence`,
  );
}

/** Suspends an agent; may be repeated. */
export const suspendAgent = (api: OperatorApi, agent: string, reason: string | undefined) =>
  api.call("POST /v1/agents/{agent}/suspend", {
    parameters: { agent },
    body: reason === undefined ? {} : { reason },
  });

/** Reads the moment of an agent's halt; epoch milliseconds, now where it is unknown. */
export function haltedAtMs({ halted }: Pick<Agent, "halted">): number {
  const at = Date.parse(String(halted?.at));
  return Number.isFinite(at) ? at : Date.now();
}

/** Formats the tasks that one request ended. */
export const endedTable = (ended: readonly string[]): Shown =>
  ended.length === 0
    ? shown`\nNo task was left to end.\n`
    : shown`\n${table(
        ["ended task"],
        ended.map((id) => [id]),
      )}`;
