import * as v from "valibot";
import { actingEntries } from "./acting.ts";
import { approvalStatus } from "./approvals.ts";
import { detailsGranted } from "./authorization-details.ts";
import { connectedLease } from "./connected.ts";
import {
  accountId,
  accountNames,
  agentId,
  approvalId,
  givenTaskId,
  instant,
  leaseName,
  personName,
  servedDetails,
  taskId,
} from "./fields.ts";
import { type AnswerOf, type BodyOf, type Noun, operation } from "./operation.ts";
import { readableLines } from "./readable-text.ts";
import { BY_HOLDERS, BY_OPERATORS, WITH_BODY } from "./refused-by.ts";

const integer = v.pipe(v.number(), v.integer());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const lease = v.strictObject({
  name: leaseName,
  type: v.literal("aws"),
  account: accountId,
  details: servedDetails,
  role: v.pipe(v.string(), v.description("The task role in that account.")),
  state: v.pipe(
    v.picklist(["issuing", "issued"]),
    v.description("`issuing`: recorded, and not known to have been handed out."),
  ),
  fence_at: v.pipe(instant, v.description("Moment from which its session allows nothing.")),
  access_key_id: v.exactOptional(v.pipe(v.string(), v.description("The join key to CloudTrail."))),
});

/** Schema of a task's status. */
export const taskStatus = v.pipe(
  v.picklist(["active", "pending_approval", "completed", "revoked", "expired", "withdrawn"]),
  v.description(
    "All but `active` and `pending_approval` are final. `pending_approval`: people have to approve the task first. `withdrawn`: recorded, but handed out to nobody. Past `expires_at` an active task counts as ended.",
  ),
);

const task = v.strictObject({
  id: taskId,
  parent: v.exactOptional(taskId),
  ...actingEntries,
  agent: agentId,
  purpose: v.pipe(v.string(), v.description("The agent's own words: display them as untrusted.")),
  status: taskStatus,
  approval: v.exactOptional(
    v.strictObject({
      id: approvalId,
      hash: v.string(),
      needed: v.array(v.strictObject({ group: v.string(), count: integer })),
      state: v.pipe(
        approvalStatus,
        v.description(
          "`approved`: all votes are given, and the agent has not fetched its key yet. In every state but `pending` and `approved` the agent gets no key by this request.",
        ),
      ),
      decided: v.exactOptional(
        v.pipe(
          v.strictObject({
            by: v.exactOptional(personName),
            at: instant,
            reason: v.exactOptional(v.string()),
          }),
          v.description("Who denied or withdrew, when and why. For an approval, the time of the last vote."),
        ),
      ),
    }),
  ),
  opened_at: instant,
  expires_at: instant,
  ended_at: v.exactOptional(instant),
  ended_by: v.exactOptional(
    v.pipe(
      v.string(),
      v.description("An agent, an operator, `deadline`, or the task above. The receipt has the evidence."),
    ),
  ),
  outcome: v.exactOptional(
    v.strictObject({ result: v.picklist(["success", "failure"]), detail: v.exactOptional(v.string()) }),
  ),
  authorization_details: detailsGranted,
  leases: v.array(v.union([lease, connectedLease])),
});

const vendedLease = v.strictObject({
  name: leaseName,
  fence_at: v.number(),
  policy_sha256: v.pipe(v.string(), v.length(43)),
});

const taskEvent = v.strictObject({
  task: taskId,
  n: integer,
  type: v.string(),
  at: v.pipe(v.string(), v.isoTimestamp()),
  by: v.exactOptional(v.string()),
  leases: v.exactOptional(
    v.pipe(
      v.array(vendedLease),
      v.description("Leases that were about to be issued, with the SHA-256 of the session policy that AWS was sent."),
    ),
  ),
});

const taskList = v.strictObject({
  tasks: v.array(task),
  account_names: accountNames,
  next: v.exactOptional(
    v.pipe(v.string(), v.description("Start of the next page (`after`); absent on the last page.")),
  ),
  events: v.exactOptional(
    v.pipe(
      v.array(taskEvent),
      v.description(
        "With `tree`: what happened to the task, the latest 500, and the opening of each task right below it; in order.",
      ),
    ),
  ),
  hidden: v.exactOptional(v.pipe(count, v.description("With `tree`: tasks that policy leaves out."))),
  more: v.exactOptional(
    v.pipe(v.literal(true), v.description("With `tree`: the tree has other tasks than those near the task.")),
  ),
  searched: v.exactOptional(
    v.pipe(
      v.strictObject({ tasks: count, whole: v.boolean() }),
      v.description(
        "With `access_key_id`: the number of searched tasks. `whole`: the search covered each task that may have a live session. A key that it did not find then opens nothing of valetkey's.",
      ),
    ),
  ),
});

/** Schema of a task's outcome, as its holder reports it. */
export const completion = v.strictObject({
  outcome: v.picklist(["success", "failure"]),
  detail: v.exactOptional(
    v.pipe(
      readableLines(1_024),
      v.description(
        "Result of the task, which operators read. Line breaks and tabs are the only allowed control characters.",
      ),
    ),
  ),
});

/** Parameters of the path of an operation on one task. */
export const ofTask = {
  task: givenTaskId,
};

/** `GET /v1/tasks/{task}` */
export const readTask = operation({
  id: "readTask",
  tag: "Tasks",
  method: "GET",
  path: "/v1/tasks/{task}",
  caller: "task",
  function: "tasks",
  summary: "Read the state of the task",
  description: "For the task's holder: the granted details, the leases, and the outcome. Contains no credential.",
  parameters: ofTask,
  answer: { status: 200, says: "The task, ended or not.", schema: task },
  examples: {
    active: "A live task",
    waiting: "A task that waits for people",
    completed: "A task that was completed",
  },
  refuses: BY_HOLDERS,
});

/** `POST /v1/tasks/{task}/complete` */
export const completeTask = operation({
  id: "completeTask",
  tag: "Tasks",
  method: "POST",
  path: "/v1/tasks/{task}/complete",
  caller: "task",
  function: "tasks",
  summary: "End the task with an outcome",
  description:
    "The holder ends its task with an outcome. From then on nothing is issued or renewed for the task, and AWS denies its credentials within seconds. A task that has already ended is returned unchanged.",
  parameters: ofTask,
  body: { schema: completion },
  answer: { status: 200, says: "The task, ended.", schema: task },
  examples: { success: "A task that succeeded", failure: "A task that failed" },
  refuses: [...BY_HOLDERS, ...WITH_BODY, "too_many_requests", "contended", "task_unknown"],
});

/** `GET /v1/tasks` */
export const listTasks = operation({
  id: "listTasks",
  tag: "Operators",
  method: "GET",
  path: "/v1/tasks",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ListTasks",
  stepUp: "never",
  summary: "List the live tasks, of all agents or of one (`?agent=`)",
  description:
    "Lists the live tasks of all agents, 50 on a page, by agent and then by id. Agents that policy does not let the operator read are left out. With `agent`: all live tasks of one agent, or with `ended` those that ended within 90 days, the latest first. With `task`: one task, alive or not. With `tree`: the tree of a task, and the task's events. With `access_key_id`: the task of a session's key. The search covers the tasks that may have a live session: any other key opens nothing.",
  query: {
    agent: v.pipe(
      v.exactOptional(agentId),
      v.description("The agent's id. With `access_key_id`: limits the search to this agent's tasks."),
    ),
    ended: v.pipe(v.exactOptional(v.picklist(["true", "false"])), v.description("`true`: the tasks that ended.")),
    after: v.pipe(
      v.exactOptional(v.string()),
      v.description("For all agents, or with `ended`: `next` of the page before."),
    ),
    tree: v.pipe(
      v.exactOptional(givenTaskId),
      v.description(
        "A task's id: the tree of the task. Contains the task, the tasks above it, and up to 100 tasks in all, those below it first.",
      ),
    ),
    task: v.pipe(v.exactOptional(givenTaskId), v.description("The task's id.")),
    access_key_id: v.pipe(
      v.exactOptional(v.pipe(v.string(), v.regex(/^ASIA[A-Z0-9]{12,124}$/))),
      v.description("Access key of a session, as CloudTrail and GuardDuty have it."),
    ),
    account: v.pipe(
      v.exactOptional(accountId),
      v.description("With `access_key_id`: the account of the key, which makes the search shorter."),
    ),
  },
  answer: { status: 200, says: "The tasks.", schema: taskList },
  examples: {
    tasks: "An agent with one live task",
    ended: "An agent whose one task an operator ended",
    all: "All agents, with one live task",
    tree: "The tree of one task, with its events",
    found: "The task of a key",
  },
  refuses: [...BY_OPERATORS, "malformed_request", "agent_not_found", "task_unknown"],
});

/** `POST /v1/tasks/{task}/end` */
export const endTask = operation({
  id: "endTask",
  tag: "Operators",
  method: "POST",
  path: "/v1/tasks/{task}/end",
  caller: "operator",
  function: "operate",
  permission: "valetkey:EndTask",
  stepUp: "never",
  summary: "End any task",
  description:
    "An operator ends any task. From then on nothing is issued or renewed for the task, and AWS denies its credentials within seconds. The body is ignored. A task that has already ended is returned unchanged.",
  parameters: ofTask,
  answer: { status: 200, says: "The task, ended.", schema: task },
  examples: { ended: "A task that an operator ended" },
  refuses: [...BY_OPERATORS, "malformed_request", "task_unknown", "contended"],
});

export interface ShownTask extends AnswerOf<typeof readTask> {}
export interface Completion extends BodyOf<typeof completeTask> {}
export interface TaskList extends AnswerOf<typeof listTasks> {}
export type TaskEvent = NonNullable<TaskList["events"]>[number];

/** Operations of tasks, and their schemas by their names in the document. */
export const TASKS = {
  operations: [readTask, completeTask, listTasks, endTask],
  requests: { Completion: completion },
  answers: { Task: task, TaskList: taskList },
} as const satisfies Noun;
