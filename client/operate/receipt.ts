import { setTimeout as sleep } from "node:timers/promises";
import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { type Operator, type OperatorCommand, operatorOf } from "./operator.ts";
import type { OperatorApi } from "./operator-api.ts";
import { parseOperator, secondsIn, wordOf } from "./operator-options.ts";
import { coloured, table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

const PAUSE_MS = 500;

/** Runs `valetkey receipt <task> [--wait <seconds>]`: prints when a task ended, when IAM got the denial of its keys, and when a probe saw AWS refuse. */
export const receipt: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("receipt", argv, env, ["wait"], 1);
  const id = wordOf(options, 0, "which task", "receipt");
  const waitSeconds = secondsIn(options.option.wait ?? "0", "--wait");
  return await printReceipt(id, waitSeconds, await operatorOf(options, env), report);
};

/**
 * Prints the receipts of a task and of all tasks below it on stdout, once they are complete or the time is over.
 * @throws {ClientError} later where they are not complete by then.
 */
export async function printReceipt(
  id: string,
  waitSeconds: number,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const deadlineMs = Date.now() + waitSeconds * 1_000;
  let receipts = await report.patiently("reading the receipt", receiptsOf(id, api));
  while (!receipts.every(isComplete) && Date.now() < deadlineMs) {
    await sleep(PAUSE_MS);
    receipts = await receiptsOf(id, api);
  }
  const complete = receipts.every(isComplete);
  print({ receipts, complete }, () => described(receipts, complete));
  if (complete) return 0;
  throw new ClientError("later", "not_complete", "AWS was not told of every key yet: ask again, or wait for its fence");
}

/** Reads the task's receipt, which names the tasks below, and then their receipts. */
async function receiptsOf(id: string, api: OperatorApi): Promise<readonly Body[]> {
  const read = (task: string) => api.get(`/v1/tasks/${encodeURIComponent(task)}/receipt`);
  const receipts = [await read(id)];
  for (const task of listOf(receipts[0]?.below)) receipts.push(await read(String(task)));
  return receipts;
}

const isComplete = ({ complete }: Body): boolean => complete === true;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Formats a probe's result; only few endings have one. */
function refused(observed: unknown): string {
  const { status, milliseconds } = (observed ?? {}) as Body;
  if (status === "denied") return `after ${milliseconds} ms`;
  if (status === "at_most") return `within ${milliseconds} ms`;
  return status === "not_observed" ? `not in ${milliseconds} ms` : "";
}

function described(receipts: readonly Body[], complete: boolean): string {
  const tasks = receipts.map(({ task, agent, status, ended_at: at, by }) => [task, agent, status, at, by]);
  const keys = receipts.flatMap(({ task, leases }) =>
    (listOf(leases) as readonly Body[]).map((lease) => [
      task,
      lease.name,
      lease.account,
      lease.role,
      lease.status,
      lease.policy_written_at ?? lease.revoked_at,
      lease.milliseconds === undefined ? "" : `${lease.milliseconds} ms`,
      refused(lease.observed),
      lease.fence_at ?? lease.expires_at,
    ]),
  );
  const headings = ["task", "key", "account", "role", "denial", "at", "after", "AWS refused", "dead by"];
  const end = complete ? coloured("complete", "green") : coloured("not complete", "red");
  return `${table(["task", "agent", "is", "since", "by"], tasks)}\n${keys.length === 0 ? "" : `${table(headings, keys)}\n`}${end}\n`;
}
