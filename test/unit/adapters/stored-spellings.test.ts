import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { approvalId } from "../../../contract/approval-id.ts";
import { listedOf, readWaiting } from "../../../functions/adapters/dynamodb/approvals/approval-items.ts";
import { DynamoApprovals } from "../../../functions/adapters/dynamodb/approvals/dynamo-approvals.ts";
import { DynamoBallots } from "../../../functions/adapters/dynamodb/approvals/dynamo-ballots.ts";
import { DynamoGlasses } from "../../../functions/adapters/dynamodb/approvals/dynamo-glasses.ts";
import { DynamoAgents } from "../../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { registrationIn } from "../../../functions/adapters/dynamodb/identity/registration-item.ts";
import { endedEntriesOf, entriesOf } from "../../../functions/adapters/dynamodb/leases/role-items.ts";
import { DynamoHalts } from "../../../functions/adapters/dynamodb/stops/dynamo-halts.ts";
import { agentRecordOf, recordOf } from "../../../functions/adapters/dynamodb/table/dynamo-item.ts";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { Item } from "../../../functions/adapters/dynamodb/table/raw-item.ts";
import { DynamoTasks } from "../../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { DynamoTimers } from "../../../functions/adapters/dynamodb/tasks/dynamo-timers.ts";
import { findToken } from "../../../functions/adapters/dynamodb/tasks/live-tokens.ts";
import { tasksOfPerson } from "../../../functions/adapters/dynamodb/tasks/person-items.ts";
import { endedTasks, openEndings } from "../../../functions/adapters/dynamodb/tasks/task-ending.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { writeOf } from "../../../functions/core/revocation/policy-writes.ts";
import { rootPath } from "../../../functions/core/task-path.ts";

const PATH = rootPath(new Uint8Array(32));
const [APPROVAL, OTHER] = [approvalId("k7f3m2q9x4ab5678"), approvalId("m2q9x4ab5678k7f3")];
const MISSPELT = ["Demo", "demo ", "d", "", "demo#other", 7, null];

/** Table that answers every query with the same items. */
const tableOf = (...items: readonly Item[]): DynamoTable =>
  ({ query: async () => items, queryAfter: async () => items, get: async () => items[0] }) as never;

describe("a stored record", () => {
  it.each(MISSPELT)("is refused where its agent is %j", (agent) => {
    expect(() => recordOf({ pk: "TASK#a", sk: "a.", agent })).toThrow("a stored agent is misspelt");
    expect(() => agentRecordOf({ pk: "AGENT#a", sk: "AGENT", id: agent })).toThrow("a stored agent's id is misspelt");
    expect(() => registrationIn({ facts: JSON.stringify({ id: agent }) })).toThrow("a stored agent's id is misspelt");
  });

  it("is refused where its account is no account", () => {
    expect(() => recordOf({ account: "11112222333" })).toThrow("a stored account is misspelt");
  });

  it.each(["K7f3m2q9x4ab.", "k7f3m2q9x4ab", "*", "", `${PATH} `, 7, null])(
    "is refused where its task is %j",
    (path) => {
      expect(() => recordOf({ pk: "TASK#a", sk: "a.", path })).toThrow("a stored path is misspelt");
      expect(() => recordOf({ pk: "APPROVAL#a", sk: "a.", task: path })).toThrow("a stored task is misspelt");
      expect(() => listedOf({ sk: `AT#9#${APPROVAL}`, task: path })).toThrow("a stored task is misspelt");
    },
  );

  it("is read where it names no agent, and where its names have their spelling", () => {
    expect(recordOf({ pk: "a", sk: "b", at: 1 })).toEqual({ at: 1 });
    const record = { agent: "demo", account: "111122223333", path: PATH, task: PATH };
    expect(recordOf({ pk: "a", sk: "b", ...record })).toEqual(record);
  });
});

describe("a stored list", () => {
  it.each(MISSPELT)("leaves out the entry whose agent is %j, and no other: one item stops no reader", async (agent) => {
    const halts = new DynamoHalts(tableOf({ sk: agent, at: 1, by: "x" }, { sk: "demo", at: 2, by: "y" }));
    expect(await halts.list()).toEqual([{ agent: "demo", at: 2, by: "y" }]);
    const waiting = tableOf({ sk: `9#${OTHER}`, hash: "h", agent }, { sk: `9#${APPROVAL}`, hash: "h", agent: "demo" });
    expect((await readWaiting(waiting, { issuer: "staff", group: "sre" }, 0)).map(({ id }) => id)).toEqual([APPROVAL]);
  });

  it("leaves out an open ending of no agent", async () => {
    const endings = await openEndings(tableOf({ sk: `Demo#${PATH}`, status: "revoked" }), agentId("demo"));
    expect(endings).toEqual([]);
  });

  it("I5: has a role's task whose agent is misspelt, for the task's name is denied all the same", () => {
    const [entry] = entriesOf({ sk: PATH, agent: "Demo", openedAt: 1, startedAt: 1, fenceAt: 2 });
    expect(entry).toMatchObject({ path: PATH, agent: "" });
  });

  it("has no live token of a misspelt agent or server", async () => {
    for (const item of [{ agent: "Demo" }, { server: "Demo" }])
      expect(await findToken(tableOf(item), PATH, "hash")).toBeUndefined();
  });
});

describe("a stored list of tasks", () => {
  const misspelt = ["K7f3m2q9x4ab.", "k7f3m2q9x4ab", "*", "", `${PATH} `];
  const both = (path: string, itemOf: (path: string) => Item) => [path, PATH].map(itemOf);
  /** Paths of the entries, once each: a list in shards is answered once for each shard. */
  const pathsOf = (entries: readonly { readonly path: string }[]) => [...new Set(entries.map(({ path }) => path))];

  it.each(misspelt)("I5: leaves out %j for an ending, and no other: one item stops no ending", async (path) => {
    const table = tableOf(...both(path, (sk) => ({ sk })));
    expect(pathsOf(await new DynamoTimers(table).due(1))).toEqual([PATH]);
    expect(await new DynamoTasks(table).below(rootPath(new Uint8Array(32).fill(1)))).toEqual([PATH]);
    const live = tableOf(...both(path, (each) => ({ sk: `TASK#${each}`, expiresAt: 9 })));
    expect(await new DynamoAgents(live, {}, () => 0).liveTasks(agentId("demo"))).toEqual([PATH]);
    expect(pathsOf(await tasksOfPerson(live, { issuer: "staff", value: "x" }))).toEqual([PATH]);
    const endings = tableOf(...both(path, (each) => ({ sk: `demo#${each}`, status: "revoked" })));
    expect(pathsOf(await openEndings(endings, undefined))).toEqual([PATH]);
  });

  it.each(misspelt)("I5: leaves out %j for a role's policy, and no other", (path) => {
    expect(pathsOf(both(path, (sk) => ({ sk })).flatMap(entriesOf))).toEqual([PATH]);
    expect(pathsOf(both(path, (each) => ({ sk: `END#9#${each}` })).flatMap(endedEntriesOf))).toEqual([PATH]);
  });

  it.each(misspelt)("leaves out %j among the endings of a policy's write", (path) => {
    const facts = { snapshot_at_ms: 1, form: "cut", endings: [path, PATH], by_time_alone: [path] };
    const event = linkEvent(EMPTY_CHAIN, "111122223333/role", "role.policy_written", 1, facts);
    expect(writeOf(event)).toMatchObject({ endings: [PATH], byTimeAlone: [] });
  });

  it.each(misspelt)("leaves out %j where an agent's ended tasks are listed", async (path) => {
    const pages = [both(path, (each) => ({ sk: `9#${each}` }))].values();
    expect(await endedTasks({ lastFirst: () => pages } as never, agentId("demo"), undefined, 9)).toEqual({
      paths: [PATH],
    });
  });

  it.each(misspelt)("leaves out the request of %j that waits for people", async (task) => {
    const waiting = tableOf(...both(task, (each) => ({ sk: `9#${APPROVAL}`, hash: "h", agent: "demo", task: each })));
    const listed = await readWaiting(waiting, { issuer: "staff", group: "sre" }, 0);
    expect(listed.map((each) => each.task)).toEqual([PATH]);
  });
});

describe("a stored approval's id", () => {
  const inbox = { issuer: "staff", group: "sre" };
  const misspelt = ["K7F3M2Q9X4AB5678", "k7f3m2q9x4ab567", "k7f3m2q9x4ab5678 ", "k7f3m2q9x4ab567\u212a", ""];

  it.each([...misspelt, 7, null])("is refused where a task's approval is %j", (id) => {
    expect(() => recordOf({ pk: "TASK#a", sk: "a.", approval: { id, hash: "h" } })).toThrow("approval is misspelt");
    expect(recordOf({ pk: "TASK#a", sk: "a.", approval: { id: APPROVAL } })).toEqual({ approval: { id: APPROVAL } });
  });

  it.each([...misspelt, 7])("is refused where the approval itself is %j", (approval) => {
    expect(() => recordOf({ pk: "TASK#a", sk: "a.", approval })).toThrow("approval is misspelt");
    expect(recordOf({ pk: "TASK#a", sk: "a.", approval: null })).toEqual({ approval: null });
  });

  it.each(misspelt)(
    "is refused as %j in an agent's list and places: an entry that is left out would not count",
    async (id) => {
      expect(() => listedOf({ sk: `AT#9#${id}` })).toThrow("an approval's id");
      expect(listedOf({ sk: `AT#9#${APPROVAL}` })).toEqual({ id: APPROVAL });
      const approvals = new DynamoApprovals(tableOf({ id, task: PATH }));
      await expect(approvals.latest(agentId("demo"), "key")).rejects.toThrow("an approval's id");
      await expect(approvals.standing(agentId("demo"), "key")).rejects.toThrow("an approval's id");
    },
  );

  it.each(misspelt)("is left out as %j of what waits and of what a person gave, and hides no other", async (id) => {
    const table = tableOf(...[id, APPROVAL].map((each) => ({ sk: `9#${each}`, hash: "h", agent: "demo" })));
    expect((await readWaiting(table, inbox, 0)).map((each) => each.id)).toEqual([APPROVAL]);
    const given = await new DynamoBallots(table, Date.now).listGiven({ issuer: "staff", value: "x" }, 0);
    expect(given).toEqual([{ id: APPROVAL, until: 9 }]);
  });

  it.each(misspelt)("I9: suspends the agent of an unreviewed glass all the same where it is %j", async (id) => {
    const glasses = new DynamoGlasses(tableOf({ sk: `0000000009#${id}`, agent: "demo" }));
    expect(await glasses.unreviewed(10)).toEqual([{ id: "", agent: "demo", dueAt: 9 }]);
  });
});
