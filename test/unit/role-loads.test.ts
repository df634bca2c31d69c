import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { DynamoRoleLoads } from "../../functions/adapters/dynamodb/leases/dynamo-role-loads.ts";
import { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { TableClient } from "../../functions/adapters/dynamodb/table/table-client.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { noLoad, type RoleLoad, withOpened } from "../../functions/core/revocation/load.ts";

const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" };
const OTHER = { ...ROLE, role: "valetkey-task-1" };
const LOAD = { pk: "LOAD", sk: "LOAD" };

/** Process that opens tasks, with the loads that it reads and a clock. */
function aProcess() {
  const world: { nowMs: number; load?: RoleLoad } = { nowMs: 1_000_000 };
  const send = async () => (world.load ? { Item: marshall({ ...LOAD, load: world.load }) } : {});
  return { world, loads: new DynamoRoleLoads(new DynamoTable("t", { send }), () => world.nowMs) };
}

describe("the load of a role, with what this process has opened", () => {
  it("is what one pass over the openings since the snapshot gives, whatever came in between", async () => {
    const { world, loads } = aProcess();
    const opened: { readonly atMs: number; readonly agent: string; readonly characters: number }[] = [];
    let base = noLoad(0);
    for (let step = 0; step < 2_000; step += 1) {
      // Steps of a few milliseconds, now and then of seconds. Each 50 steps the cached load has expired, and there is a
      // new one.
      world.nowMs += step % 97 === 0 ? 30_000 : (step * 7) % 40;
      if (step % 50 === 49) {
        world.nowMs += 61_000;
        world.load = { ...noLoad(world.nowMs - 3_000), characters: 2_000 + step, agents: { a0: 100 }, agentCount: 1 };
        base = world.load;
      }
      if (step % 3 !== 0) {
        const task = { agent: `a${step % 11}`, characters: 19 + (step % 5) };
        loads.recordOpened(ROLE, task.agent, task.characters);
        opened.push({ ...task, atMs: world.nowMs });
      }
      const sinceMs = Math.max(base.snapshotAtMs - 2_000, world.nowMs - 120_000);
      expect(await loads.read(ROLE)).toEqual(
        withOpened(
          base,
          opened.filter(({ atMs }) => atMs >= sinceMs),
        ),
      );
    }
  });

  it("no longer has an opening that is older than two minutes, where the load is still the same", async () => {
    const { world, loads } = aProcess();
    loads.recordOpened(ROLE, "a", 19);
    world.nowMs += 1_000;
    loads.recordOpened(ROLE, "b", 24);
    world.nowMs += 117_000;
    expect(await loads.read(ROLE)).toMatchObject({ alive: 2, agents: { a: 19, b: 24 } });
    world.nowMs += 2_500;
    expect(await loads.read(ROLE)).toEqual(withOpened(noLoad(0), [{ agent: "b", characters: 24 }]));
  });

  it("counts what was opened once more from a new load, where nothing of it has passed", async () => {
    const { world, loads } = aProcess();
    loads.recordOpened(ROLE, "a", 19);
    expect(await loads.read(ROLE)).toMatchObject({ alive: 1 });
    world.load = { ...noLoad(world.nowMs - 1_000), characters: 5_000, alive: 7 };
    world.nowMs += 61_000;
    expect(await loads.read(ROLE)).toEqual(withOpened(world.load, [{ agent: "a", characters: 19 }]));
  });

  it("is read by a call of its own at first, and after 5 seconds with what the vend reads", async () => {
    const calls: string[] = [];
    let now = 1_000_000;
    const client = {
      send: async (operation: string, { RequestItems }: { RequestItems?: Record<string, { Keys: unknown[] }> }) => {
        calls.push(`${operation} of ${RequestItems?.t?.Keys.length ?? 1}`);
        return operation === "GetItem" ? {} : { Responses: { t: [] }, UnprocessedKeys: {} };
      },
    };
    const table = new DynamoTable("t", client as unknown as TableClient, { isBatching: true });
    const loads = new DynamoRoleLoads(table, () => now);
    await loads.read(ROLE);
    now += 4_999;
    await loads.read(ROLE);
    expect(calls).toEqual(["GetItem of 1"]);
    now += 1;
    await Promise.all([loads.read(ROLE), loads.read(ROLE)]);
    expect(calls).toHaveLength(1);
    await table.get({ pk: "TASK#x", sk: "x" });
    expect(calls.slice(1)).toEqual(["BatchGetItem of 2"]);
    now += 4_999;
    await loads.read(ROLE);
    await table.get({ pk: "TASK#x", sk: "x" });
    expect(calls.slice(2)).toEqual(["GetItem of 1"]);
  });

  it("has nothing of what was opened in another role", async () => {
    const { loads } = aProcess();
    loads.recordOpened(OTHER, "a", 19);
    expect(await loads.read(ROLE)).toEqual(noLoad(0));
    loads.recordOpened(ROLE, "a", 19);
    expect(await loads.read(ROLE)).toMatchObject({ alive: 1, agents: { a: 19 } });
    expect(await loads.read(OTHER)).toMatchObject({ alive: 1, agents: { a: 19 } });
  });
});
