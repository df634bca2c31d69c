import { ClientError } from "../../exit-codes.ts";
import type { Reporter } from "../../reporter.ts";
import { type Operator, type OperatorCommand, operatorOf } from "../operator.ts";
import { parseOperator, secondsIn, wordOf } from "../operator-options.ts";
import { shown } from "../print/shown.ts";
import { endedTasks, sinceMsOf } from "./ended-tasks.ts";
import { describedReceipts, outageOf, Receipts } from "./receipts.ts";

/** Default age of the tasks whose receipts are read: the service retains writes of policies for this time. */
const KEPT = "7d";

/**
 * Runs `valetkey receipt <task> | --agent <id> [--since <time>] [--wait <seconds>]`: prints the receipt of a task, or of all ended tasks of an agent. A
 * receipt has three times: of the end, of IAM's denial of the keys, and of the first refusal by AWS that a probe saw.
 */
export const receipt: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("receipt", argv, env, ["wait", "agent", "since"], 1);
  const { agent, since } = options.option;
  if (since !== undefined && agent === undefined) throw usage("--since goes with --agent");
  if (agent !== undefined && options.words.length > 0) throw usage("give a task or --agent, not both");
  const waitSeconds = secondsIn(options.option.wait ?? "0", "--wait");
  if (agent === undefined)
    return await printReceipts(
      [wordOf(options, 0, "which task, or --agent <id>", "receipt")],
      waitSeconds,
      await operatorOf(options, env),
      report,
    );
  const sinceMs = sinceMsOf(since ?? KEPT);
  const operator = await operatorOf(options, env);
  const { tasks } = await report.patiently("listing its ended tasks", endedTasks(operator.api, agent, sinceMs));
  const ids = tasks.map(({ id }) => id);
  if (ids.length > 0) return await printReceipts(ids, waitSeconds, operator, report);
  operator.print({ receipts: [], complete: true }, () => shown`No task of the agent has ended in this time.\n`);
  return 0;
};

/**
 * Prints the receipts of tasks and of all tasks below them on stdout, once all are complete or the time is over.
 * @throws {ClientError} later where a receipt is not complete by then; the service's refusal where one cannot be read.
 */
export async function printReceipts(
  ids: readonly string[],
  waitSeconds: number,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const receipts = new Receipts(api);
  const deadlineMs = Date.now() + waitSeconds * 1_000;
  await report.patiently("reading the receipt", receipts.await(ids, deadlineMs, report));
  for (const error of receipts.unread.values()) throw error;
  const { all, isComplete: complete } = receipts;
  print({ receipts: all, complete }, () => describedReceipts(all, complete));
  if (complete) return 0;
  const live = all.find(({ status }) => status === "active");
  if (live?.leases.length)
    throw new ClientError("later", "not_complete", `task ${live.task} is still active: its keys work until it ends`);
  if (all.every((receipt) => receipt.complete || receipt.leases.length === 0))
    throw new ClientError("later", "not_complete", "no key was issued, and the task has not ended yet");
  throw new ClientError(
    "later",
    "not_complete",
    outageOf(all.flatMap(({ leases }) => leases)) ??
      "not every key is denied in IAM yet: run the command again, or wait for the key's fence",
  );
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
