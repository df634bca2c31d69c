import { setTimeout as sleep } from "node:timers/promises";
import { recordOf } from "../task/fields.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import type { OperatorApi } from "./operator-api.ts";
import { parseOperator, secondsIn, wordOf } from "./operator-options.ts";
import { printReceipt } from "./receipt.ts";
import { table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

const WATCH_MS = 2_000;

/** Runs `valetkey tasks [--agent <id>] [--watch]`: prints the live tasks as trees. */
export const tasks: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("tasks", argv, env, ["agent", "watch"]);
  const { api, print } = await operatorOf(options, env);
  for (;;) {
    const alive = await report.patiently("listing tasks", liveTasks(api, options.option.agent));
    if (options.option.watch && process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[H");
    print({ tasks: alive }, () => (alive.length === 0 ? "No task is alive.\n" : trees(alive)));
    if (!options.option.watch) return 0;
    await sleep(WATCH_MS);
  }
};

/** Runs `valetkey revoke <task> [--wait <seconds>]`: ends a task and all tasks below it; with `--wait`, prints the receipt. */
export const revoke: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("revoke", argv, env, ["wait"], 1);
  const id = wordOf(options, 0, "which task", "revoke");
  const waitSeconds = options.option.wait === undefined ? undefined : secondsIn(options.option.wait, "--wait");
  const { api, print } = await operatorOf(options, env);
  const task = await report.patiently("ending the task", api.post(`/v1/tasks/${encodeURIComponent(id)}/end`));
  if (waitSeconds !== undefined) return await printReceipt(id, waitSeconds, { api, print }, report);
  print(task, () => `Task ${task.id} of ${task.agent} is ${task.status} (${task.ended_at ?? "now"}).\n`);
  return 0;
};

async function liveTasks(api: OperatorApi, agent: string | undefined): Promise<readonly Body[]> {
  const ids = agent === undefined ? (await api.all("/v1/agents", "agents")).map(({ id }) => String(id)) : [agent];
  const lists: (readonly Body[])[] = [];
  for (const id of ids) {
    const { tasks: listed } = await api.get(`/v1/tasks?agent=${encodeURIComponent(id)}`);
    lists.push(Array.isArray(listed) ? listed : []);
  }
  // A path begins with its parent's and so sorts behind it.
  return lists.flat().sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
}

const trees = (alive: readonly Body[]): string =>
  table(
    ["task", "agent", "is", "until", "purpose"],
    alive.map(({ id, agent, status, expires_at, purpose, approval }) => [
      ...[indented(String(id)), agent, stateOf(status, approval), expires_at],
      purpose,
    ]),
  );

/** Says whether a live task has its key, or waits for people, and for which request. */
const stateOf = (status: unknown, approval: unknown): unknown =>
  status === "pending_approval" ? `waits: approval ${recordOf(approval).id}` : status;

/** Formats a path: a root in full, a child by its last part, indented. */
function indented(path: string): string {
  const parts = path.split(".").slice(0, -1);
  return parts.length <= 1 ? path : `${"  ".repeat(parts.length - 1)}└ ${path}`;
}
