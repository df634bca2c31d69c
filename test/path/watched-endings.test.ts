import { describe, expect, it } from "vitest";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { Watching } from "../harness/watching.ts";

watchWorlds();

describe("the relay", () => {
  it("queues one ending for each role, and logs how many", async () => {
    const watching = new Watching();
    for (const _ of [1, 2, 3, 4, 5, 6, 7, 8]) await watching.triggers.service.start();
    await watching.triggers.service.operate("POST /v1/agents/{agent}/suspend", { parameters: { agent: "demo" } });
    await watching.triggers.relay();
    const roles = watching.ports.probeQueue.sent.map(({ role }) => role);
    expect(roles.length).toBeGreaterThan(1);
    expect(new Set(roles).size).toBe(roles.length);
    expect(watching.triggers.line("relayed")).toMatchObject({ endings: 9, watched: roles.length });
  });

  it("revokes all the same where the canaries' queue cannot be reached, and is loud", async () => {
    const watching = new Watching();
    watching.ports.probeQueue.before = () => {
      throw new Error("unreachable");
    };
    await watching.ended();
    expect(watching.triggers.revocationQueue.sent).toHaveLength(1);
    expect(watching.triggers.line("probes_not_sent")).toEqual({
      level: "error",
      event: "probes_not_sent",
      why: "Error",
    });
  });

  it("has nothing watched that a holder ended, unless chance has it", async () => {
    const watching = new Watching();
    await watching.triggers.service.complete(await watching.triggers.service.start());
    await watching.triggers.relay();
    expect(watching.ports.probeQueue.sent).toEqual([]);
  });
});
