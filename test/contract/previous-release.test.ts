import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { DynamoApprovals } from "../../functions/adapters/dynamodb/approvals/dynamo-approvals.ts";
import { DynamoAgents } from "../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { keysInTable, publishedSeals } from "../../functions/adapters/dynamodb/journal/published-seals.ts";
import { DynamoPanics } from "../../functions/adapters/dynamodb/stops/dynamo-panics.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { recordHash } from "../../functions/core/approvals/approval-record.ts";
import { isWholeChain, linkEvent } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { authenticateTask } from "../../functions/steps/tasks/authenticate-task.ts";
import { believeTask } from "../../functions/steps/tasks/believe-task.ts";
import {
  APPROVAL,
  AT,
  CHILD,
  PlainTable,
  ROLE,
  ROOT,
  recordedItems,
  type StoredItem,
  TOKEN,
  WAITING,
  writeItems,
} from "./store/recorded-items.ts";
import { refused } from "./store/tested-store.ts";

const nowMs = (): number => AT * 1_000;

/** Ports by which the functions read the items. */
function over(items: readonly StoredItem[]) {
  const plain = new PlainTable().put(items);
  const { table } = plain;
  return {
    plain,
    table,
    tasks: new DynamoTasks(table),
    agents: new DynamoAgents(table, { ci: "sub" }, nowMs),
    approvals: new DynamoApprovals(table),
    panics: new DynamoPanics(table, nowMs, undefined),
    seals: publishedSeals(keysInTable(table), nowMs),
    log: { write: () => undefined },
  };
}

/** Opens the task again, with the token that the previous release recorded as used. */
async function openAgain(hub: ReturnType<typeof over>, key?: string) {
  const task = await hub.tasks.read(ROOT);
  if (!task) throw new Error("there is no task");
  const again = { ...task, path: "gggggggggggg." as typeof ROOT };
  const event = linkEvent({ n: 0, hash: "" }, again.path, "task.opened", nowMs(), { agent: task.agent });
  const use = { issuer: "ci", id: key === undefined ? "root" : "another", cap: 1, expiresAt: AT + 300 };
  const idempotency = key === undefined ? undefined : { agent: agentId("reader"), subject: "s", key, requestHash: "h" };
  return hub.tasks.open(again, event, use, idempotency);
}

describe("items of the previous release, under today's functions", () => {
  it("a task token finds its task, with a genuine seal and a known key", async () => {
    const hub = over(recordedItems());
    const { task } = await authenticateTask(TOKEN, ROOT, hub);
    const believed = await believeTask(task, hub, new Refusal("task_token_invalid"));
    expect(believed).toMatchObject({ path: ROOT, agent: agentId("reader"), status: "active", expiresAt: AT + 3_600 });
    expect(believed.leases).toMatchObject([{ ...ROLE, accessKeyId: "ASIAROOT", fenceAt: AT + 900 }]);
  });

  it("live tasks are alive, an ended one is ended, and the role's lists have both", async () => {
    const hub = over(recordedItems());
    expect(await hub.agents.liveTasks(agentId("reader"))).toEqual(expect.arrayContaining([ROOT, WAITING]));
    expect(await hub.agents.liveTasks(agentId("reader"))).not.toContain(CHILD);
    expect(await hub.tasks.read(CHILD)).toMatchObject({ status: "completed", outcome: { detail: "done" } });
    expect((await hub.table.query(`ROLE#${ROLE.account}#${ROLE.role}`, "")).map(({ sk }) => sk)).toEqual([ROOT]);
  });

  it("agents keep their states: one active, one suspended and halted", async () => {
    const hub = over(recordedItems());
    expect(await hub.agents.read(agentId("reader"))).toMatchObject({ status: "active", team: "data" });
    expect(await hub.agents.withBinding("ci", "agent:reader")).toMatchObject([{ agent: agentId("reader") }]);
    expect((await hub.agents.read(agentId("halted")))?.status).not.toBe("active");
    expect(await hub.agents.record(agentId("halted"))).toMatchObject({
      status: "suspended",
      halted: { by: "staff|alice" },
    });
  });

  it("a used token stays used, and a repeated request returns the first task", async () => {
    const hub = over(recordedItems());
    await expect(openAgain(hub)).rejects.toEqual(refused("token_replayed"));
    expect(await openAgain(hub, "run-1")).toEqual({ repeats: ROOT });
  });

  it("a waiting request has its record and its vote, and a panic is in force", async () => {
    const hub = over(recordedItems());
    const { record } = await hub.approvals.read(APPROVAL);
    const { votes } = await hub.approvals.readVotes(APPROVAL);
    expect(votes).toMatchObject([{ person: { issuer: "staff", value: "bob" } }]);
    expect(record && votes[0]?.hashes).toEqual([record && recordHash(record)]);
    expect(await hub.panics.read()).toMatchObject({ declaredBy: "staff|alice", reason: "a drill" });
  });

  it("the journal is whole, and today's functions continue it", async () => {
    const hub = over(recordedItems());
    const { task } = await authenticateTask(TOKEN, ROOT, hub);
    const event = linkEvent(task.chain, ROOT, "task.ended", nowMs() + 9_000, { agent: agentId("reader") });
    await hub.tasks.end(
      task,
      { status: "completed", endedAt: AT + 9, outcome: { result: "success", detail: "" } },
      event,
    );
    const { tasks, events } = await hub.tasks.record(ROOT);
    expect(tasks.find(({ path }) => path === ROOT)?.status).toBe("completed");
    const own = events.filter(({ of }) => of === ROOT);
    expect(own.map(({ type }) => type)).toEqual(["task.opened", "task.ended"]);
    expect(isWholeChain(own)).toBe(true);
    expect(await hub.agents.liveTasks(agentId("reader"))).not.toContain(ROOT);
  });
});

describe("an item of a form that this version does not know", () => {
  const FORMS = [{ N: "2" }, { S: "1" }, { N: "0" }, { BOOL: true }, { NULL: true }] as const;
  const inForm = (v: StoredItem[string], of: (item: StoredItem) => boolean = () => true) =>
    recordedItems().map((item) => (of(item) ? { ...item, v } : item));
  const ofKind = (kind: string) => (item: StoredItem) => String(item.pk?.S).startsWith(kind);
  const unknown = refused("store_unavailable");

  it.each(FORMS)("is refused by every reader in form %j, whatever its kind, and never taken for absent", async (v) => {
    const hub = over(inForm(v));
    for (const { pk, sk } of recordedItems()) {
      const key = { pk: String(pk?.S), sk: String(sk?.S) };
      await expect(hub.table.get(key), key.pk).rejects.toEqual(unknown);
      const together = [hub.plain.batching.get(key), hub.plain.batching.get({ pk: "TASK#absent", sk: "absent" })];
      for (const each of await Promise.allSettled(together)) expect(each).toMatchObject({ status: "rejected" });
      await expect(hub.table.query(key.pk, ""), key.pk).rejects.toEqual(unknown);
      await expect(hub.table.query(key.pk, "", ["ttl"]), key.pk).rejects.toEqual(unknown);
      await expect(hub.table.page(key.pk, undefined, 9), key.pk).rejects.toEqual(unknown);
    }
  });

  it("is changed by nobody, in part or by a condition", async () => {
    const hub = over(inForm({ N: "2" }));
    const before = JSON.stringify(hub.plain.items());
    for (const { pk, sk } of recordedItems()) {
      const key = { pk: String(pk?.S), sk: String(sk?.S) };
      const change = { set: "SET #by = :by", where: "attribute_exists(#by) OR attribute_not_exists(#by)" };
      expect(await hub.table.update(key, { ...change, names: { by: "by" }, values: { by: "us" } })).toBe(false);
      const removal = { where: "attribute_exists(#by)", names: { by: "pk" }, values: {} };
      expect(await hub.table.transact([hub.table.deleteWriteIf("gone", key, removal)])).toEqual(["gone"]);
    }
    expect(JSON.stringify(hub.plain.items())).toBe(before);
  });

  it.each([
    ["task", "TASK#", (hub: ReturnType<typeof over>) => authenticateTask(TOKEN, ROOT, hub)],
    ["panic", "PANIC#", (hub: ReturnType<typeof over>) => hub.panics.read()],
    ["active agent", "ACTIVE#", (hub: ReturnType<typeof over>) => hub.agents.read(agentId("reader"))],
    ["approval", "APPROVAL#0", (hub: ReturnType<typeof over>) => hub.approvals.read(APPROVAL)],
    ["vote", "VOTE#0", (hub: ReturnType<typeof over>) => hub.approvals.readVotes(APPROVAL)],
    ["seal's key", "SEAL#", (hub: ReturnType<typeof over>) => hub.seals.isGenuine("task", {}, "v1.abcdefgh.x")],
  ])("refuses what depends on a %s", async (_, kind, read) => {
    await expect(read(over(inForm({ N: "2" }, ofKind(kind))))).rejects.toEqual(unknown);
  });

  it("refuses a token whose use is recorded in it", async () => {
    await expect(openAgain(over(inForm({ N: "2" }, ofKind("REPLAY#ci"))))).rejects.toEqual(refused("token_replayed"));
  });
});

it("names its form when it is put; one that an update makes is of the first form, as one without a name", async () => {
  const plain = new PlainTable();
  await writeItems(plain.table);
  const without = plain.items().filter(({ v }) => v?.N !== "1");
  expect(without.map(({ pk }) => String(pk?.S).split("#")[0])).toEqual(
    without.map(() => expect.stringMatching(/^(REPLAY|BINDING|PANIC)$/)),
  );
});
