import { isAgentId } from "../../../contract/agent-id.ts";
import { counted } from "../../../contract/decision/counted.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { spellingsOf } from "../../../contract/task-id.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { isTaskId } from "../../task/fields.ts";
import { type Operator, type OperatorCommand, operatorOf } from "../operator.ts";
import { parseOperator, wordOf } from "../operator-options.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { endedTasks, type ListedTask } from "../tasks/ended-tasks.ts";
import { type Sought, soughtOf } from "./sought.ts";

type TaskList = ReadAnswer<"GET /v1/tasks">;
type Lease = ListedTask["leases"][number];

/** Age up to which an agent's ended tasks are shown: a session's longest life and the clocks' margins; milliseconds. */
const RECENT_MS = 25 * 60_000;

/**
 * Runs `${ownCommand()} find <what> [--account <id>] [--agent <id>]`. Finds the task of a session by its access key, ARN, user id or name, and an agent's
 * sessions by their source identity. Prints what to run next.
 */
export const find: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("find", argv, env, ["account", "agent"], 1);
  const sought = soughtOf(wordOf(options, 0, "what CloudTrail or GuardDuty shows", "find"));
  const operator = await operatorOf(options, env);
  if (sought.kind === "key") {
    const { account, agent } = options.option;
    const query = { access_key_id: sought.key, ...(account && { account }), ...(agent && { agent }) };
    return printed(
      sought,
      await report.patiently("searching", operator.api.call("GET /v1/tasks", { query })),
      operator,
    );
  }
  if (sought.kind === "session") {
    const query = { task: sought.task };
    return printed(
      sought,
      await report.patiently("searching", operator.api.call("GET /v1/tasks", { query })),
      operator,
    );
  }
  return await findAgent(sought, operator);
};

/** Prints a task. @throws {ClientError} intent where no task has the key; later where the search was not complete. */
function printed(sought: Sought, { tasks, searched }: TaskList, { print }: Operator): number {
  const [task] = tasks;
  if (!task) throw notFound(searched);
  const lease = leaseOf(sought, task);
  const warning = sought.kind === "session" && sought.role !== undefined && !lease ? FOREIGN : undefined;
  const next = nextOf(task);
  const found = { task, ...defined({ lease, warning }), next };
  print(
    found,
    () =>
      shown`${warning === undefined ? "" : shown`${warning}\n\n`}${describedTask(task, lease)}\nNext\n${lines(next)}`,
  );
  return 0;
}

const FOREIGN = `WARNING: the task has no key in this account and role. The session was not made by valetkey's exchange: find who made it, and see \`valetkey panic\`.`;

function notFound(searched: TaskList["searched"]): ClientError {
  if (searched?.whole === false)
    return new ClientError(
      "later",
      "not_all_searched",
      `unknown: only ${counted(searched.tasks, "task")} could be searched in time; give --account, or --agent`,
    );
  return new ClientError(
    "intent",
    "not_found",
    `of ${counted(searched?.tasks ?? 0, "task")} that may have a live session, none has this key: it opens nothing that valetkey has granted. For older tasks, search the log: ${ownCommand()} audit show <folder>. Or give \`valetkey find\` the session's ARN, which CloudTrail has`,
  );
}

/** Finds the lease of the task that the search was about. */
function leaseOf(sought: Sought, { leases }: ListedTask): Lease | undefined {
  const sessions = leases.filter((lease) => "fence_at" in lease);
  if (sought.kind === "key") return sessions.find(({ access_key_id: key }) => key === sought.key);
  if (sought.kind !== "session" || sought.role === undefined) return undefined;
  return sessions.find(({ account, role }) => account === sought.account && role === sought.role);
}

function describedTask(task: ListedTask, lease: Lease | undefined): Shown {
  const ended = task.ended_at === undefined ? "" : ` at ${task.ended_at} by ${task.ended_by ?? "?"}`;
  const shown = lease ? [lease] : task.leases;
  return table(
    ["found", ""],
    [
      ["task", task.id],
      ["agent", task.agent],
      ["is", `${task.status}${ended}`],
      ["began", task.opened_at],
      ["ends by", task.expires_at],
      ["its own words", task.purpose],
      ...shown.flatMap((each) =>
        "fence_at" in each
          ? [
              ["key", [each.name, each.account, each.role, each.access_key_id].filter(Boolean).join(" ")],
              ["fence", each.fence_at],
            ]
          : [
              ["key", `${each.name} ${each.type}`],
              ["dead by", each.expires_at],
            ],
      ),
    ],
  );
}

/** Lists the commands to run next. A misspelt id makes none: a person may paste them into a shell. */
export function nextOf({
  id,
  agent,
  status,
}: Pick<ListedTask, "id" | "agent"> & Partial<Pick<ListedTask, "status">>): readonly string[] {
  if (!isTaskId(id) || !isAgentId(agent)) return [];
  const isOver = status !== "active" && status !== "pending_approval";
  return [
    ...(isOver ? [`${ownCommand()} receipt ${id}`] : [`${ownCommand()} revoke ${id} --wait 60`]),
    `${ownCommand()} tasks ledger ${id}`,
    `${ownCommand()} incident ${agent}`,
  ];
}

const lines = (commands: readonly string[]): Shown => joined(commands.map((each) => shown`  ${each}\n`));

/** Finds an agent by the source identity of its sessions. A text that is no agent's id may be a task's id without its separator. */
async function findAgent({ id }: Extract<Sought, { kind: "agent" }>, operator: Operator): Promise<number> {
  const { api, print } = operator;
  const reading = api.call("GET /v1/agents/{agent}", { parameters: { agent: id } });
  const agent = await reading.catch((error: unknown) => {
    if (!(error instanceof ClientError && error.event === "agent_not_found" && spellingsOf(id).length > 0)) throw error;
    return undefined;
  });
  if (!agent) {
    return printed({ kind: "session", task: id }, await api.call("GET /v1/tasks", { query: { task: id } }), operator);
  }
  const { tasks: alive } = await api.call("GET /v1/tasks", { query: { agent: id } });
  const { tasks: ended } = await endedTasks(api, id, Date.now() - RECENT_MS);
  const next = [`${ownCommand()} incident ${id}`, `${ownCommand()} tasks --ended --agent ${id}`];
  print({ agent, alive, ended, next }, () => {
    const rows = [...alive, ...ended].map((task) => [
      task.id,
      task.status,
      task.ended_at ?? task.expires_at,
      task.purpose,
    ]);
    const sessions =
      rows.length === 0
        ? shown`No task of the agent is alive or has just ended.\n`
        : table(["task", "is", "until", "purpose"], rows);
    return shown`${table(["agent", "is", "owner", "team"], [[agent.id, agent.status, agent.owner, agent.team]])}\n${sessions}\nNext\n${lines(next)}`;
  });
  return 0;
}
