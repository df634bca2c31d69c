import * as v from "valibot";
import { accountId, agentId, taskId } from "../../contract/fields.ts";
import { FakeService } from "../../fakes/fake-service.ts";
import { taskPath } from "../../functions/core/task-path.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedEndings } from "../refused/holder.ts";
import { refusedOperators } from "../refused/operator.ts";

const listing: Arrange = async (world) => {
  await startTask(world);
  return { route: "GET /v1/tasks", query: { agent: "demo" }, bearer: world.operatorToken() };
};

/** Arranges a list of the tree of a task that an operator ended. */
const listingTree: Arrange = async (world) => {
  const task = await startTask(world);
  await new FakeService(world).endTask(task.id);
  return { route: "GET /v1/tasks", query: { tree: task.id }, bearer: world.operatorToken() };
};

/** Arranges a list of all agents' live tasks. */
const listingAll: Arrange = async (world) => ({ ...(await listing(world)), query: {} });

/** Arranges a list of ended tasks. */
const listingEnded: Arrange = async (world) => {
  const task = await startTask(world);
  await new FakeService(world).endTask(task.id);
  return { route: "GET /v1/tasks", query: { agent: "demo", ended: "true" }, bearer: world.operatorToken() };
};

/** Arranges a search for the session of a key. */
const finding: Arrange = async (world) => {
  const { id } = await startTask(world);
  const path = taskPath(id);
  const task = path && (await world.ports.tasks.read(path));
  const key = task?.leases[0]?.accessKeyId ?? "";
  return { route: "GET /v1/tasks", query: { access_key_id: key }, bearer: world.operatorToken() };
};

/** `GET /v1/tasks` */
export const listTasks: Operation = {
  id: "listTasks",
  tag: "Operators",
  description:
    "Lists the live tasks of all agents, 50 on a page, by agent and then by id. Agents that policy does not let the operator read are left out. With `agent`: all live tasks of one agent, or with `ended` those that ended within 90 days, the latest first. With `task`: one task, alive or not. With `tree`: the tree of a task, and the task's events. With `access_key_id`: the task of a session's key. The search covers the tasks that may have a live session: any other key opens nothing.",
  query: {
    agent: {
      says: "The agent's id. With `access_key_id`: limits the search to this agent's tasks.",
      required: false,
      schema: agentId,
    },
    ended: { says: "`true`: the tasks that ended.", required: false, schema: v.picklist(["true", "false"]) },
    after: { says: "For all agents, or with `ended`: `next` of the page before.", required: false, schema: v.string() },
    tree: {
      says: "A task's id: the tree of the task. Contains the task, the tasks above it, and up to 100 tasks in all, those below it first.",
      required: false,
      schema: taskId,
    },
    task: { says: "The task's id.", required: false, schema: taskId },
    access_key_id: {
      says: "Access key of a session, as CloudTrail and GuardDuty have it.",
      required: false,
      schema: v.pipe(v.string(), v.regex(/^ASIA[A-Z0-9]{12,124}$/)),
    },
    account: {
      says: "With `access_key_id`: the account of the key, which makes the search shorter.",
      required: false,
      schema: accountId,
    },
  },
  answer: { status: 200, says: "The tasks.", schema: "TaskList" },
  accepted: {
    tasks: { says: "An agent with one live task", arrange: listing },
    ended: { says: "An agent whose one task an operator ended", arrange: listingEnded },
    all: { says: "All agents, with one live task", arrange: listingAll },
    tree: { says: "The tree of one task, with its events", arrange: listingTree },
    found: { says: "The task of a key", arrange: finding },
  },
  refused: {
    ...refusedOperators(listing),
    malformed_request: async (world) => ({ ...(await listing(world)), query: { after: "nowhere" } }),
    agent_not_found: async (world) => ({ ...(await listing(world)), query: { agent: "nobody" } }),
    task_unknown: async (world) => ({ ...(await listing(world)), query: { task: "nosuchtask00." } }),
  },
};

const ending: Arrange = async (world) => {
  const task = await startTask(world);
  return { route: "POST /v1/tasks/{task}/end", path: { task: task.id }, bearer: world.operatorToken() };
};

/** `POST /v1/tasks/{task}/end` */
export const endTask: Operation = {
  id: "endTask",
  tag: "Operators",
  description:
    "An operator ends any task. From then on nothing is issued or renewed for the task, and AWS denies its credentials within seconds. The body is ignored. A task that has already ended is returned unchanged.",
  answer: { status: 200, says: "The task, ended.", schema: "Task" },
  accepted: { ended: { says: "A task that an operator ended", arrange: ending } },
  refused: {
    ...refusedOperators(ending),
    malformed_request: async (world) => ({ ...(await ending(world)), path: { task: "no-task-id" } }),
    task_unknown: async (world) => ({ ...(await ending(world)), path: { task: "nosuchtask00." } }),
    contended: refusedEndings(ending).contended,
  },
};

const receipt: Arrange = async (world) => {
  const { route: _, ...call } = await ending(world);
  await new FakeService(world).endTask(call.path?.task ?? "");
  return { ...call, route: "GET /v1/tasks/{task}/receipt" };
};

/** Arranges the receipt of an ended task, after a policy write and an observation by a probe. */
const written: Arrange = async (world) => {
  const call = await receipt(world);
  const path = taskPath(call.path?.task ?? "");
  const task = path && (await world.ports.tasks.read(path));
  const [lease] = task?.leases ?? [];
  if (!task || !lease) throw new Error("the example's task has no lease");
  const snapshotAtMs = world.nowSeconds() * 1_000 + 120;
  const write = {
    snapshotAtMs,
    writtenAtMs: snapshotAtMs + 95,
    form: "list",
    characters: 190,
    endings: [task.path],
  } as const;
  await world.ports.policyWrites.note(lease, write);
  const endedAtMs = world.nowSeconds() * 1_000;
  await world.ports.observations.record(
    { path: task.path, account: lease.account, role: lease.role, agent: task.agent, endedAtMs },
    { status: "denied", answeredAtMs: endedAtMs + 3_930, deniedAtMs: endedAtMs + 4_190 },
  );
  return call;
};

const receiptAlone: Arrange = async (world) => ({ ...(await receipt(world)), query: { below: "false" } });

/** `GET /v1/tasks/{task}/receipt` */
export const readReceipt: Operation = {
  id: "readReceipt",
  tag: "Operators",
  query: {
    below: {
      says: "`false`: without the tasks below it, for repeated requests.",
      required: false,
      schema: v.picklist(["true", "false"]),
    },
  },
  description:
    "Proves that a task's keys were revoked, and how fast. The receipt has the time of the change of state. For each session it has the time at which IAM had a policy that denies it; for other credentials, the provider's confirmation. Writes of policies are recorded for a week. AWS applies a policy some seconds later: for a sample of the endings, that time is observed (`observed`).",
  answer: {
    status: 200,
    says: "The receipt as of now. Repeat the request while a lease is `pending`.",
    schema: "Receipt",
  },
  accepted: {
    complete: { says: "A task whose key is denied", arrange: written },
    pending: { says: "A task that ended a moment ago", arrange: receipt },
    alone: { says: "The same, without the tasks below it", arrange: receiptAlone },
  },
  refused: {
    ...refusedOperators(receipt),
    malformed_request: async (world) => ({ ...(await receipt(world)), path: { task: "no-task-id" } }),
    task_unknown: async (world) => ({ ...(await receipt(world)), path: { task: "nosuchtask00." } }),
  },
};
