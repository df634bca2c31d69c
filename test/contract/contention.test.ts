import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { isWholeChain, type JournalEvent } from "../../functions/core/journal/event.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { changeTask } from "../../functions/steps/tasks/change-task.ts";
import { endTask } from "../../functions/steps/tasks/end-task.ts";
import { aLease, aTask, aUse, eventOn, NOW } from "../fakes/samples/task.ts";
import { type FaultyTable, startFaultyTable } from "../faults/faulty-table.ts";
import { patientTable } from "../harness/patient-table.ts";
import { refused } from "./store/tested-store.ts";

const TABLE = "valetkey-contention";
let faulty: FaultyTable;

beforeAll(async () => {
  faulty = await startFaultyTable(TABLE);
});
afterAll(() => faulty.close());
afterEach(() => faulty.proxy.mend());

const record = () => new DynamoTasks(patientTable(TABLE));
const ports = (tasks: DynamoTasks) => ({
  tasks,
  clock: { nowMs: () => NOW * 1_000 },
  random: { bytes: (count: number) => randomBytes(count) },
  pause: (ms: number) => sleep(ms),
});
async function opened(): Promise<Task> {
  const { task, event } = aTask({ leases: [aLease(0)] });
  await record().open(task, event, aUse(), undefined);
  return task;
}
const transactions = () => faulty.proxy.calls.filter(({ operation }) => operation === "TransactWriteItems").length;
/** Adds one more presentation token, by a process of its own. */
const present = (task: Task) => {
  const { tasks, ...others } = ports(record());
  const presentation = () => ({
    hash: randomUUID(),
    server: agentId("tickets"),
    expiresAt: task.expiresAt,
    seal: "seal",
  });
  return changeTask(
    task,
    (current) => tasks.addPresentation(current, presentation(), eventOn(current, "presentation.issued")),
    { tasks, ...others },
  );
};
const eventsOf = async (task: Task): Promise<readonly JournalEvent[]> => (await record().record(task.path)).events;

/** DynamoDB's errors as in its API reference. */
const CONFLICT = {
  transaction: JSON.stringify({
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }],
  }),
  item: JSON.stringify({ __type: "com.amazonaws.dynamodb.v20120810#TransactionConflictException" }),
};

describe("a task that ten processes change at the same moment", () => {
  it("gets all ten changes, in one chain, for no more writes than if they had come in step", async () => {
    const task = await opened();
    const before = transactions();
    await Promise.all(Array.from({ length: 10 }, () => present(task)));
    expect((await record().read(task.path))?.presentations).toHaveLength(10);
    const events = await eventsOf(task);
    expect([events.length, isWholeChain(events)]).toEqual([11, true]);
    // In step: ten, then nine, then eight, ...
    // 31 to 34 transactions were measured with random pauses.
    expect(transactions() - before).toBeLessThanOrEqual(55);
  });

  it("is ended in the middle of them at the first try, and nobody changes it after that", async () => {
    const task = await opened();
    const changes = Promise.allSettled(Array.from({ length: 10 }, () => present(task)));
    const { task: ended } = await endTask(task.path, { status: "completed" }, "demo", ports(record()));
    expect(ended.status).toBe("completed");
    for (const outcome of await changes)
      if (outcome.status === "rejected") expect(outcome.reason).toEqual(refused("task_ended"));
    const events = await eventsOf(task);
    expect([events.at(-1)?.type, isWholeChain(events)]).toEqual(["task.ended", true]);
  });
});

describe("a write that meets another transaction in DynamoDB", () => {
  it("is retried: a transaction", async () => {
    const task = await opened();
    const order = faulty.proxy.order(
      { operation: "TransactWriteItems", times: 3 },
      { is: "answered", status: 400, body: CONFLICT.transaction },
    );
    await present(task);
    expect(order.met).toBe(3);
    expect((await record().read(task.path))?.presentations).toHaveLength(1);
  });

  it("is retried: the confirmation of a lease", async () => {
    const task = await opened();
    const order = faulty.proxy.order(
      { operation: "UpdateItem", times: 3 },
      { is: "answered", status: 400, body: CONFLICT.item },
    );
    await record().confirm(task.path, [aLease(0, { state: "issued", accessKeyId: "ASIAEXAMPLE" })]);
    expect(order.met).toBe(3);
    expect((await record().read(task.path))?.leases[0]?.accessKeyId).toBe("ASIAEXAMPLE");
  });

  it("is given up as contended after repeated conflicts", async () => {
    const task = await opened();
    const order = faulty.proxy.order({ operation: "UpdateItem" }, { is: "answered", status: 400, body: CONFLICT.item });
    await expect(record().confirm(task.path, [aLease(0, { state: "issued" })])).rejects.toEqual(refused("contended"));
    expect(order.met).toBe(8);
  });
});
