import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { CallOutcome, Watched } from "../../functions/core/revocation/observation.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { PACE } from "../../functions/probe/probe.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { Watching } from "../harness/watching.ts";

watchWorlds();

const iso = (ms: number) => new Date(ms).toISOString();

describe("an ending that is watched", () => {
  it("is watched by a session of the same role, name and agent; the receipt has when that was refused", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    const endedAtMs = watching.ports.clock.nowMs();
    await watching.triggers.reconcile();
    watching.actsAtMs = endedAtMs + 3_900;
    await watching.probe();
    const { path, account, role, agent } = watching.ports.probeQueue.sent[0] as Watched;
    expect(watching.probeSessions.opened).toMatchObject([{ path, account, role, agent }]);
    expect({ path, account, role, agent }).toEqual({
      path: held.id,
      account: ACCOUNT,
      role: watching.triggers.roleOf(held),
      agent: agentId("demo"),
    });
    const { leases, complete } = await watching.receipt(held);
    expect(complete).toBe(true);
    expect(leases[0]).toMatchObject({
      status: "written",
      observed: {
        status: "denied",
        denied_at: iso(endedAtMs + 4_000),
        last_answered_at: iso(endedAtMs + 3_750),
        milliseconds: 4_000,
      },
    });
    expect(watching.triggers.line("probed")).toMatchObject({ level: "info", status: "denied", milliseconds: 4_000 });
  });

  it("that was denied before the first call has an upper bound, where AWS answers another session of the role", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    const endedAtMs = watching.ports.clock.nowMs();
    watching.world.pass(2);
    watching.actsAtMs = endedAtMs + 1_000;
    await watching.probe();
    expect((await watching.receipt(held)).leases[0]?.observed).toEqual({
      status: "at_most",
      denied_at: iso(endedAtMs + 2_000),
      milliseconds: 2_000,
    });
    const [, control] = watching.probeSessions.opened;
    expect(control).toMatchObject({ account: ACCOUNT, agent: agentId("valetkey-probe") });
    expect(control?.path).not.toBe(held.id);
    expect(watching.ports.tasks.tasks.has(control?.path ?? held.id)).toBe(false);
  });

  it.each(["refused", "unknown"] as const)(
    "that was denied before the first call reports nothing where another session's calls are %s as well",
    async (outcome) => {
      const watching = new Watching();
      const held = await watching.ended();
      watching.probeSessions.outcome = ({ path }) => (path === held.id ? "refused" : outcome);
      await watching.probe();
      expect((await watching.receipt(held)).leases[0]).not.toHaveProperty("observed");
      expect(watching.triggers.line("probed")).toMatchObject({ level: "info", status: "unsure" });
    },
  );

  it("that AWS does not act on is loud, once IAM has had the policy for half a minute", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    const endedAtMs = watching.ports.clock.nowMs();
    await watching.triggers.reconcile();
    await watching.probe();
    expect((await watching.receipt(held)).leases[0]).toMatchObject({
      status: "written",
      observed: { status: "not_observed", last_answered_at: iso(endedAtMs + 59_750), milliseconds: 59_750 },
    });
    expect(watching.triggers.line("not_observed")).toMatchObject({ level: "error", task: held.id });
    expect(watching.probeSessions.calls).toBe(PACE.forMs / PACE.everyMs);
  });

  it("reports nothing where no policy was written: that is for the queue's own alarms", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    await watching.probe();
    expect((await watching.receipt(held)).leases[0]).not.toHaveProperty("observed");
    expect(watching.triggers.line("not_observed")).toBeUndefined();
  });

  it.each([
    [28, "not_observed"],
    [30.5, undefined],
  ])(
    "of which IAM had the policy only after %d s of the minute is judged by the half that is left, or not at all",
    async (seconds, status) => {
      const watching = new Watching();
      const held = await watching.ended();
      let calls = 0;
      watching.probeSessions.outcome = () => {
        calls += 1;
        if ((calls * PACE.everyMs) / 1_000 === seconds) void watching.triggers.reconcile();
        return "answered";
      };
      await watching.probe();
      expect(watching.ports.policyWrites.writes.map(({ write }) => write.endings)).toEqual([[held.id]]);
      const [lease] = (await watching.receipt(held)).leases;
      expect((lease?.observed as { status: string } | undefined)?.status).toBe(status);
    },
  );

  it("reports nothing where the policy denies only sessions from before: a probe's session is younger", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    const role = { account: ACCOUNT, role: watching.triggers.roleOf(held) };
    const { path } = watching.ports.probeQueue.sent[0] as Watched;
    const snapshotAtMs = watching.ports.clock.nowMs() + 10;
    await watching.ports.policyWrites.note(role, {
      snapshotAtMs,
      writtenAtMs: snapshotAtMs,
      form: "cut",
      endings: [path],
      byTimeAlone: [path],
    });
    await watching.probe();
    expect(await watching.receipt(held)).toMatchObject({ leases: [{ status: "written" }], complete: true });
    expect(watching.triggers.line("not_observed")).toBeUndefined();
    expect(watching.ports.observations.known.size).toBe(0);
  });

  it("is recorded so by the reconciler, where too many have ended to name each", async () => {
    const watching = new Watching();
    const held = await watching.triggers.service.start();
    watching.world.pass(60);
    const role = { account: ACCOUNT, role: watching.triggers.roleOf(held) };
    const now = watching.world.nowSeconds();
    const times = { openedAt: now - 60, startedAt: now - 60, fenceAt: now + 300, endedAt: now - 60 };
    const many = Array.from({ length: 700 }, (_, index) => `${String(index).padStart(12, "a")}.` as TaskPath);
    watching.ports.tasks.putEntries(
      role,
      many.map((path) => ({ path, agent: agentId("demo"), ...times })),
    );
    await watching.triggers.service.endTask(held.id);
    await watching.triggers.relay();
    await watching.triggers.reconcile();
    expect(watching.triggers.textFor(held)).not.toContain(held.id);
    expect(watching.ports.policyWrites.writes.at(-1)?.write).toMatchObject({
      form: "cut",
      endings: [held.id],
      byTimeAlone: [held.id],
    });
    await watching.probe();
    expect(watching.triggers.line("probed")).toMatchObject({ status: "unsure" });
    expect(await watching.receipt(held)).toMatchObject({ complete: true });
  });

  it("of a suspended agent is denied by the agent, and found to be", async () => {
    const watching = new Watching();
    const held = await watching.triggers.service.start();
    await watching.triggers.service.operate("POST /v1/agents/{agent}/suspend", {
      parameters: { agent: agentId("demo") },
    });
    await watching.triggers.relay();
    await watching.triggers.reconcile();
    expect(watching.triggers.textFor(held)).not.toContain(held.id);
    const [{ write } = { write: undefined }] = watching.ports.policyWrites.writes.filter(({ write: each }) =>
      each.endings.includes(held.id as never),
    );
    expect(write).toBeDefined();
    expect(write).not.toHaveProperty("byTimeAlone");
    await watching.probe();
    expect((await watching.receipt(held)).leases[0]).toMatchObject({ observed: { status: "not_observed" } });
  });

  it("is not watched when half a minute has passed: nothing would be seen", async () => {
    const watching = new Watching();
    await watching.ended();
    watching.world.pass(30.001);
    await watching.probe();
    expect(watching.probeSessions.opened).toEqual([]);
    expect(watching.triggers.line("probe_late")).toMatchObject({ level: "info", milliseconds: 30_001 });
  });

  it("is recorded once: what was seen first stays", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    watching.actsAtMs = watching.ports.clock.nowMs() + 1_000;
    await watching.probe();
    const first = await watching.receipt(held);
    await watching.probe();
    expect(await watching.receipt(held)).toEqual(first);
  });

  const outcomes: readonly CallOutcome[] = [
    "refused",
    "refused",
    "answered",
    "refused",
    "unknown",
    "refused",
    "refused",
  ];
  it("is denied for good only after three refusals, of which the first counts, and outages count for nothing", async () => {
    const watching = new Watching();
    const held = await watching.ended();
    const endedAtMs = watching.ports.clock.nowMs();
    const left = [...outcomes];
    watching.probeSessions.outcome = () => left.shift() ?? "answered";
    await watching.probe();
    expect((await watching.receipt(held)).leases[0]?.observed).toMatchObject({
      status: "denied",
      denied_at: iso(endedAtMs + 750),
      last_answered_at: iso(endedAtMs + 500),
    });
  });
});
