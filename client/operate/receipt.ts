import { setTimeout as sleep } from "node:timers/promises";
import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { type Operator, type OperatorCommand, operatorOf } from "./operator.ts";
import { parseOperator, secondsIn, wordOf } from "./operator-options.ts";
import { coloured, table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

const PAUSE_MS = 500;

/** `valetkey receipt <task> [--wait <seconds>]`: when a task ended, and when IAM had what denies its keys. */
export const receipt: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("receipt", argv, env, ["wait"], 1);
  const id = wordOf(options, 0, "which task", "receipt");
  const waitSeconds = secondsIn(options.option.wait ?? "0", "--wait");
  return await printReceipt(id, waitSeconds, await operatorOf(options, env), report);
};

/** The receipt on stdout, as it is once it is complete or the time is over. @throws {ClientError} later, where it is not complete by then. */
export async function printReceipt(
  id: string,
  waitSeconds: number,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const deadlineMs = Date.now() + waitSeconds * 1_000;
  const read = () => api.get(`/v1/tasks/${encodeURIComponent(id)}/receipt`);
  let told = await report.patiently("reading the receipt", read());
  while (told.complete !== true && Date.now() < deadlineMs) {
    await sleep(PAUSE_MS);
    told = await read();
  }
  print(told, () => described(told));
  if (told.complete === true) return 0;
  throw new ClientError("later", "not_complete", "AWS was not told of every key yet: ask again, or wait for its fence");
}

function described(told: Body): string {
  const leases = Array.isArray(told.leases) ? (told.leases as readonly Body[]) : [];
  const task = table(
    ["task", "agent", "is", "since", "by"],
    [[told.task, told.agent, told.status, told.ended_at, told.by]],
  );
  const rows = leases.map(({ name, account, role, status, policy_written_at: at, milliseconds, fence_at: fence }) => [
    name,
    account,
    role,
    status,
    at,
    milliseconds === undefined ? "" : `${milliseconds} ms`,
    fence,
  ]);
  const keys =
    rows.length === 0 ? "" : `\n${table(["key", "account", "role", "denial", "at", "after", "dead by"], rows)}`;
  return `${task}${keys}\n${told.complete === true ? coloured("complete", "green") : coloured("not complete", "red")}\n`;
}
