import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { probeBatch } from "../../functions/probe/probe-batch.ts";
import { ACCOUNT, DEPLOYMENT } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { Watching } from "../harness/watching.ts";

watchWorlds();

describe("the probe", () => {
  it("reports what it could not do, and does the rest of the batch", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    watching.actsAtMs = watching.ports.clock.nowMs() + 500;
    const [mine] = watching.ports.probeQueue.sent.map((each) => JSON.stringify(each));
    const other = JSON.stringify({ ...watching.ports.probeQueue.sent[0], path: "aaaaaaaaaaaa." });
    watching.probeSessions.before = ({ path }) => {
      if (path !== held.id) throw new Refusal("sts_refused");
    };
    await expect(watching.probe([other, mine ?? ""])).resolves.toBeUndefined();
    expect(watching.triggers.line("probe_failed")).toEqual({
      level: "error",
      event: "probe_failed",
      task: "aaaaaaaaaaaa.",
      why: "sts_refused",
    });
    expect((await watching.receipt(held)).leases[0]).toMatchObject({ observed: { status: "denied" } });
  });

  it("is loud where it could see nothing at all: a blind probe proves nothing about AWS", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    await watching.triggers.reconcile();
    watching.probeSessions.outcome = () => "unknown";
    await watching.probe();
    expect(watching.triggers.line("probe_failed")).toMatchObject({ level: "error", task: held.id });
    expect(watching.ports.observations.known.size).toBe(0);
  });

  const good = {
    path: "k7f3m2q9x4ab.",
    account: ACCOUNT,
    role: "valetkey-task-0",
    agent: "demo",
    endedAtMs: Date.UTC(2026, 10, 24, 12),
  };
  it.each([
    ["no JSON", "{"],
    ["nothing", "null"],
    ["a role of nobody's", JSON.stringify({ ...good, role: "admin" })],
    ["a role beyond the pool", JSON.stringify({ ...good, role: "valetkey-task-4" })],
    ["another account", JSON.stringify({ ...good, account: "444455556666" })],
    ["a list for a role", JSON.stringify({ ...good, role: ["valetkey-task-0"] })],
    ["no path", JSON.stringify({ ...good, path: "*" })],
    ["a pattern for an agent", JSON.stringify({ ...good, agent: "*" })],
    ["an agent by no id of one", JSON.stringify({ ...good, agent: "-demo" })],
    ["no moment", JSON.stringify({ ...good, endedAtMs: "now" })],
  ])("becomes no role for a message that names %s", async (_, body) => {
    const watching = new Watching();
    await watching.probe([body]);
    expect(watching.probeSessions.opened).toEqual([]);
    expect(watching.triggers.line("probe_refused")).toMatchObject({ level: "error" });
  });

  it("becomes no role of an account that may not be probed", async () => {
    const watching = new Watching();
    const deployment = { ...DEPLOYMENT, receipts: { sample: 1, probed: [] } };
    await probeBatch(
      { Records: [{ body: JSON.stringify(good) }] },
      {
        ...watching.ports,
        deployment,
        probeSessions: watching.probeSessions,
        pause: async (ms) => watching.world.pass(ms / 1_000),
      },
    );
    expect(watching.probeSessions.opened).toEqual([]);
  });
});
