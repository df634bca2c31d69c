import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { noLoad } from "../../functions/core/revocation/load.ts";
import { INLINE_POLICY_CHARACTERS } from "../../functions/core/revocation/render.ts";
import { fillRoles } from "../fakes/tasks/fill-roles.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { bodyOf, Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const FULL = { ...noLoad(0), characters: INLINE_POLICY_CHARACTERS, agentCount: 30 };

describe("before a role's policy can overflow", () => {
  it("a task is refused, before any call to STS and any write", async () => {
    const service = new FakeService(fakeWorld());
    fillRoles(service.world);
    const { status, headers, body } = await service.exchange();
    expect([status, body.code, headers["retry-after"]]).toEqual([429, "role_full", "10"]);
    const { tasks, sessions } = service.world.ports;
    expect([tasks.tasks.size, tasks.events.length, sessions.asked.length]).toEqual([0, 0, 0]);
  });

  it("a task gets an id that goes with another role, where there is one with room", async () => {
    const service = new FakeService(fakeWorld());
    const { loads, tasks } = service.world.ports;
    loads.loads.set(`${ACCOUNT}#valetkey-task-0`, FULL);
    let refused = 0;
    for (let count = 0; count < 40; count += 1) refused += (await service.exchange()).status === 429 ? 1 : 0;
    // Three draws of four roles: one in 64 finds none.
    expect(refused).toBeLessThan(8);
    const roles = new Set([...tasks.tasks.values()].flatMap(({ leases }) => leases.map(({ role }) => role)));
    expect([...roles].sort()).toEqual(["valetkey-task-1", "valetkey-task-2", "valetkey-task-3"]);
  });

  it("a task without credentials takes no room", async () => {
    const service = new FakeService(fakeWorld());
    fillRoles(service.world);
    const authorization_details = '[{"type":"tool","server":"tickets","tools":["search"]}]';
    expect((await service.exchange({ authorization_details })).status).toBe(200);
  });

  it("its tasks may be renewed; one that had left is admitted anew, or refused", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start({ task_ttl: "7200" });
    fillRoles(service.world);
    service.world.pass(900 + 300);
    expect((await service.renew(held)).status).toBe(200);
    service.world.pass(900 + 301);
    expect((await service.renew(held)).body.code).toBe("role_full");
    service.world.ports.loads.loads.clear();
    expect((await service.renew(held)).status).toBe(200);
  });

  it("without a known load nothing is issued", async () => {
    const service = new FakeService(fakeWorld());
    service.world.ports.loads.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect((await service.exchange()).status).toBe(503);
    expect(service.world.ports.sessions.asked).toEqual([]);
  });

  it("the reconciler records the load; where it cannot, the policy is written all the same", async () => {
    const triggers = new Triggers();
    const { loads } = triggers.service.world.ports;
    const held = await triggers.service.start();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    await triggers.reconcile([bodyOf(role)]);
    expect(await loads.read(role)).toMatchObject({ alive: 1, agents: { demo: 19 }, agentCount: 1 });
    loads.before = () => {
      throw new Refusal("store_unavailable");
    };
    await triggers.service.complete(held);
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.textFor(held)).toContain(held.id);
    expect(triggers.line("load_not_reported")).toMatchObject({ level: "error", why: "store_unavailable" });
  });
});
