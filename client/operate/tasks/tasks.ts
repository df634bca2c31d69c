import { setTimeout as sleep } from "node:timers/promises";
import { type AccountNames, accountInWords } from "../../../contract/decision/account-names.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { levelOf } from "../../../contract/task-id.ts";
import { ClientError } from "../../exit-codes.ts";
import { statusInWords } from "../../task/approval.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator, secondsIn, wordOf } from "../operator-options.ts";
import { instantOf } from "../print/instant-of.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { endedTasks, type ListedTask, sinceMsOf } from "./ended-tasks.ts";
import { printReceipts } from "./receipt.ts";
import { UNSEEN } from "./unseen.ts";

type Ledger = ReadAnswer<"GET /v1/tasks/{task}/ledger">;

const WATCH_MS = 2_000;

/**
 * Runs `valetkey tasks [--agent <id>] [--watch | --ended [--since <time>]]`, which prints the live tasks as trees or the ended ones. Also runs
 * `valetkey tasks ledger <task>`, `changes <task>`, `undo <task>` and `prolong`.
 */
export const tasks: OperatorCommand = async (argv, env, report) => {
  if (argv[0] === "ledger") return ledger(argv.slice(1), env, report);
  if (argv[0] === "changes") return (await import("./changes.ts")).changes(argv.slice(1), env, report);
  if (argv[0] === "undo") return (await import("./undo/undo.ts")).undo(argv.slice(1), env, report);
  if (argv[0] === "prolong") return (await import("./prolong.ts")).prolong(argv.slice(1), env, report);
  const options = parseOperator("tasks", argv, env, ["agent", "watch", "ended", "since"]);
  const { ended, since, watch } = options.option;
  if (since !== undefined && !ended) throw new ClientError("usage", "usage", "--since goes with --ended");
  if (ended && watch) throw new ClientError("usage", "usage", "give --ended or --watch, not both");
  const sinceMs = sinceMsOf(since ?? "24h");
  const { api, print } = await operatorOf(options, env, report);
  if (ended) {
    const list = await report.patiently("listing ended tasks", tasksEnded(api, options.option.agent, sinceMs));
    print({ tasks: list }, () => (list.length === 0 ? shown`No task has ended in this time.\n` : endings(list)));
    return 0;
  }
  for (;;) {
    const { alive, names } = await report.patiently("listing tasks", liveTasks(api, options.option.agent));
    if (options.option.watch && process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[H");
    print({ tasks: alive }, (isWide) =>
      alive.length === 0 ? shown`No task is alive.\n` : trees(alive, names, isWide),
    );
    if (!options.option.watch) return 0;
    await sleep(WATCH_MS);
  }
};

/** Runs `valetkey tasks ledger <task>`: prints what a task was granted and what it did. */
const ledger: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("tasks", argv, env, [], 1);
  const id = wordOf(options, 0, "which task", "tasks ledger");
  const { api, print } = await operatorOf(options, env, report);
  const answer = await report.patiently(
    "reading the ledger",
    api.call("GET /v1/tasks/{task}/ledger", { parameters: { task: id } }),
  );
  const { rows, forwarded } = answer;
  print(answer, () =>
    rows.length === 0
      ? shown`Nothing of AWS was granted, and nothing is known to be used.\n`
      : shown`${uses(rows)}${forwardedIn(forwarded)}`,
  );
  return 0;
};

/** Lists the Regions whose calls are seen. For a resource without a Region in its ARN, calls in other Regions are unknown. */
const forwardedIn = (forwarded: Ledger["forwarded"]): Shown =>
  joined(
    forwarded.map(
      ({ account, regions }) => shown`Seen in account ${account}: calls in ${regions.join(", ") || "no Region"}.\n`,
    ),
  );

const uses = (rows: Ledger["rows"]): Shown =>
  table(
    ["action", "resource", "asked", "granted", "used", "denied", "last", ""],
    rows.map(({ action, resource, asked, granted, used, denied, last, visibility }) => [
      action,
      resource,
      asked ? "yes" : "no",
      granted ? "yes" : "NO",
      used,
      denied,
      instantOf(last),
      // Leaves the remark out for a row with known calls: these were seen, whatever events the account's trail selects.
      used + denied > 0 ? "" : (UNSEEN[visibility] ?? visibility),
    ]),
  );

/** Runs `valetkey revoke <task> [--wait <seconds>]`: ends a task and all tasks below it; with `--wait`, prints the receipt. */
export const revoke: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("revoke", argv, env, ["wait"], 1);
  const id = wordOf(options, 0, "which task", "revoke");
  const waitSeconds = options.option.wait === undefined ? undefined : secondsIn(options.option.wait, "--wait");
  const { api, print } = await operatorOf(options, env, report);
  const task = await report.patiently(
    "ending the task",
    api.call("POST /v1/tasks/{task}/end", { parameters: { task: id } }),
  );
  if (waitSeconds !== undefined) return await printReceipts([task.id], waitSeconds, { api, print }, report);
  print(task, () => shown`Task ${task.id} of ${task.agent} is ${task.status} (${task.ended_at ?? "now"}).\n`);
  return 0;
};

/** Lists the tasks that ended, of one agent or of all, the latest first. */
async function tasksEnded(
  api: OperatorApi,
  agent: string | undefined,
  sinceMs: number,
): Promise<readonly ListedTask[]> {
  const lists: (readonly ListedTask[])[] = [];
  for (const id of await agentIds(api, agent)) lists.push((await endedTasks(api, id, sinceMs)).tasks);
  return lists.flat().sort((a, b) => ((a.ended_at ?? "") < (b.ended_at ?? "") ? 1 : -1));
}

const agentIds = async (api: OperatorApi, agent: string | undefined): Promise<readonly string[]> =>
  agent === undefined ? (await api.list("GET /v1/agents", "agents", {})).map(({ id }) => id) : [agent];

const endings = (ended: readonly ListedTask[]): Shown =>
  table(
    ["task", "agent", "was", "at", "by", "purpose"],
    ended.map(({ id, agent, status, ended_at, ended_by, purpose }) => [id, agent, status, ended_at, ended_by, purpose]),
  );

/** Live tasks, and the names of their accounts. */
interface LiveTasks {
  readonly alive: readonly ListedTask[];
  readonly names: AccountNames;
}

async function liveTasks(api: OperatorApi, agent: string | undefined): Promise<LiveTasks> {
  const lists: ReadAnswer<"GET /v1/tasks">[] = [];
  for (const id of await agentIds(api, agent)) lists.push(await api.call("GET /v1/tasks", { query: { agent: id } }));
  // A path begins with its parent's and so sorts behind it.
  const alive = lists.flatMap(({ tasks }) => tasks).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { alive, names: Object.assign({}, ...lists.map((list) => list.account_names)) as AccountNames };
}

/** Formats live tasks as trees. The wide form has their beginning, the person or agent for whom each is, and their accounts. */
const trees = (alive: readonly ListedTask[], names: AccountNames, isWide: boolean): Shown =>
  table(
    ["task", "agent", "is", "until", ...(isWide ? ["since", "for", "accounts"] : []), "purpose"],
    alive.map(({ id, agent, status, expires_at, opened_at, sub, purpose, approval, authorization_details }) => [
      ...[indented(id), agent, statusInWords(status, approval), expires_at],
      ...(isWide ? [opened_at, sub, accountsOf(authorization_details, names)] : []),
      purpose,
    ]),
  );

/** Lists the accounts of a task's grants, each with its name. */
const accountsOf = (details: ListedTask["authorization_details"], names: AccountNames): string =>
  [...new Set(details.flatMap((detail) => ("account" in detail ? [String(detail.account)] : [])))]
    .map((id) => accountInWords(id, names))
    .join(", ");

/** Formats a path: a root in full, a child by its last part, indented. */
function indented(path: string): string {
  const level = levelOf(path);
  return level <= 0 ? path : `${"  ".repeat(level)}└ ${path}`;
}
