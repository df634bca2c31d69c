import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const TOOLS = { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' };
const BUSY = { status: 503, headers: { "retry-after": "1" }, body: { code: "sts_unavailable" } };

describe("while STS has no time", () => {
  it("a vend is refused before any write or request, and granted again afterwards", async () => {
    const service = new FakeService(fakeWorld());
    const { sessions, tasks, rateLimits } = service.world.ports;
    sessions.busy = true;
    expect(await service.exchange()).toMatchObject(BUSY);
    expect([sessions.asked.length, tasks.tasks.size, tasks.events.length, rateLimits.writes]).toEqual([0, 0, 0, 0]);
    sessions.busy = false;
    expect(await service.exchange()).toMatchObject({ status: 200 });
  });

  it("a renewal is not refused: a task that runs goes before one that begins", async () => {
    const service = new FakeService(fakeWorld());
    const held = await service.start();
    service.world.pass(11);
    service.world.ports.sessions.busy = true;
    expect(await service.renew(held)).toMatchObject({ status: 200 });
  });

  it("tools are granted, which need no session", async () => {
    const service = new FakeService(fakeWorld());
    service.world.ports.sessions.busy = true;
    expect(await service.exchange(TOOLS)).toMatchObject({ status: 200 });
  });
});
