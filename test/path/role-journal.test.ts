import { describe, expect, it } from "vitest";
import { verifyKills } from "../../client/audit/verify-kills.ts";
import { agentId } from "../../contract/agent-id.ts";
import { EMPTY_CHAIN, isWholeChain } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { policyWritten } from "../../functions/core/revocation/policy-writes.ts";
import { MOST_SEEN } from "../../functions/core/revocation/role-entry.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { gatherReceipt } from "../../functions/steps/tasks/gather-receipt.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { bodyOf, Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("reconcile", () => {
  it("adds one event to the role's journal for each write, which an auditor joins with the ending as the receipt does", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    const { tasks, clock } = triggers.service.world.ports;
    triggers.service.world.pass(1);
    const snapshotAtMs = clock.nowMs();
    await triggers.relay();
    await triggers.reconcile();
    await triggers.sweep();
    await triggers.reconcile();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    const [event, ...more] = triggers.policyWrites.events.map((each) => each.event);
    expect([event?.of, event?.type, more]).toEqual([`${ACCOUNT}/${role.role}`, "role.policy_written", []]);
    expect(event?.facts).toEqual({
      ...{ ...role, form: "list", snapshot_at_ms: snapshotAtMs, put: true, endings: [held.id] },
      policy_sha256: (await triggers.policyWrites.after(role, 0, 1))[0]?.sha256,
    });
    const events = [
      ...tasks.events.map((each) => ({ journal: "tasks" as const, ...each })),
      ...triggers.policyWrites.events.map((each) => ({ journal: "roles" as const, ...each.event })),
    ];
    const record = await tasks.record(held.id as TaskPath);
    const [task] = record.tasks;
    if (!task) throw new Error("no task");
    const { leases } = await gatherReceipt(task, record, clock.nowMs() / 1_000, triggers.service.world.ports);
    expect(leases).toMatchObject([{ status: "written" }]);
    expect(verifyKills(events)).toMatchObject(
      leases.map((lease) => ({ verdict: "denied", milliseconds: "milliseconds" in lease && lease.milliseconds })),
    );
  });

  it("records anew what an earlier writer could not record, with another number where the journal went on meanwhile", async () => {
    const triggers = new Triggers();
    const role = { account: ACCOUNT, role: "valetkey-task-0" };
    triggers.policyWrites.before = () => {
      throw new Refusal("store_unavailable");
    };
    await triggers.service.suspend();
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.policyWrites.events).toEqual([]);
    // Another writer of the role records its own write between this one's read and its record.
    let isFirst = true;
    triggers.policyWrites.before = () => {
      if (!isFirst) return;
      isFirst = false;
      const write = { snapshotAtMs: 1, writtenAtMs: 2, form: "list", endings: [] } as const;
      triggers.policyWrites.events.push({ role, event: policyWritten(EMPTY_CHAIN, role, write) });
    };
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.revocations.writes).toHaveLength(2);
    expect(isWholeChain(triggers.policyWrites.events.map(({ event }) => event))).toBe(true);
    expect(triggers.policyWrites.events.map(({ event }) => event.facts.put)).toEqual([true, true]);
  });

  it("records a policy once more where the last record had no room for each ending", async () => {
    const triggers = new Triggers();
    const role = { account: ACCOUNT, role: "valetkey-task-0" };
    const at = triggers.service.world.nowSeconds();
    const times = { openedAt: at - 60, startedAt: at - 60, fenceAt: at + 3_600, endedAt: at };
    const paths = Array.from(
      { length: MOST_SEEN + 1 },
      (_, index) => `${String(index).padStart(12, "a")}.` as TaskPath,
    );
    triggers.service.world.ports.tasks.putEntries(
      role,
      paths.map((path) => ({ path, agent: agentId("demo"), ...times })),
    );
    for (const seconds of [0, 40, 40]) {
      triggers.service.world.pass(seconds);
      await triggers.reconcile([bodyOf(role)]);
    }
    const facts = triggers.policyWrites.events.map(({ event }) => event.facts);
    expect(facts.map(({ put, endings }) => [put, Array.isArray(endings) && endings.length])).toEqual([
      [true, MOST_SEEN],
      [false, 0],
    ]);
  });
});
