import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { readWaiting } from "../../../functions/adapters/dynamodb/approvals/approval-items.ts";
import { registrationIn } from "../../../functions/adapters/dynamodb/identity/registration-item.ts";
import { entryOf } from "../../../functions/adapters/dynamodb/leases/role-items.ts";
import { DynamoHalts } from "../../../functions/adapters/dynamodb/stops/dynamo-halts.ts";
import { agentRecordOf, recordOf } from "../../../functions/adapters/dynamodb/table/dynamo-item.ts";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { Item } from "../../../functions/adapters/dynamodb/table/raw-item.ts";
import { findToken } from "../../../functions/adapters/dynamodb/tasks/live-tokens.ts";
import { openEndings } from "../../../functions/adapters/dynamodb/tasks/task-ending.ts";
import { rootPath } from "../../../functions/core/task-path.ts";

const PATH = rootPath(new Uint8Array(32));
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

  it("is read where it names no agent, and where its names have their spelling", () => {
    expect(recordOf({ pk: "a", sk: "b", at: 1 })).toEqual({ at: 1 });
    const record = { agent: "demo", account: "111122223333" };
    expect(recordOf({ pk: "a", sk: "b", ...record })).toEqual(record);
  });
});

describe("a stored list", () => {
  it.each(MISSPELT)("leaves out the entry whose agent is %j, and no other: one item stops no reader", async (agent) => {
    const halts = new DynamoHalts(tableOf({ sk: agent, at: 1, by: "x" }, { sk: "demo", at: 2, by: "y" }));
    expect(await halts.list()).toEqual([{ agent: "demo", at: 2, by: "y" }]);
    const waiting = tableOf({ sk: "9#a", hash: "h", agent }, { sk: "9#b", hash: "h", agent: "demo" });
    expect((await readWaiting(waiting, { issuer: "staff", group: "sre" }, 0)).map(({ id }) => id)).toEqual(["b"]);
  });

  it("leaves out an open ending of no agent", async () => {
    const endings = await openEndings(tableOf({ sk: `Demo#${PATH}`, status: "revoked" }), agentId("demo"));
    expect(endings).toEqual([]);
  });

  it("I5: has a role's task whose agent is misspelt, for the task's name is denied all the same", () => {
    expect(entryOf({ sk: PATH, agent: "Demo", openedAt: 1, startedAt: 1, fenceAt: 2 })).toMatchObject({
      path: PATH,
      agent: "",
    });
  });

  it("has no live token of a misspelt agent or server", async () => {
    for (const item of [{ agent: "Demo" }, { server: "Demo" }])
      expect(await findToken(tableOf(item), PATH, "hash")).toBeUndefined();
  });
});
