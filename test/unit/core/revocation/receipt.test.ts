import { describe, expect, it } from "vitest";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { EMPTY_CHAIN, headOf, type JournalEvent, linkEvent } from "../../../../functions/core/journal/event.ts";
import type { Observation } from "../../../../functions/core/revocation/observation.ts";
import type { PolicyWrite } from "../../../../functions/core/revocation/policy-writes.ts";
import { type LeaseReceipt, receiptOf } from "../../../../functions/core/revocation/receipt.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";
import type { SessionLease, Task } from "../../../../functions/core/tasks/task.ts";

const NOW = 1_764_000_000;
const ENDED = NOW * 1_000 + 123;
const PATH = "k7f3m2q9x4ab." as TaskPath;
const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" };

const LEASE: SessionLease = {
  name: "aws-0",
  ...ROLE,
  detail: 0,
  state: "issued",
  event: 1,
  startedAt: NOW - 60,
  fenceAt: NOW + 840,
  accessKeyId: "ASIA1",
};
const TASK = { path: PATH, agent: "demo", status: "revoked", leases: [LEASE] } as unknown as Task;
const opened = linkEvent(EMPTY_CHAIN, PATH, "task.opened", ENDED - 60_000, {});
const ended = linkEvent(headOf(opened), PATH, "task.ended", ENDED, { by: "staff|alice" });
const EVENTS = [opened, ended];
const recordOf = (task: Task, events: readonly JournalEvent[] = EVENTS) => ({ tasks: [task], events });

const write = (afterMs: number, endings: readonly TaskPath[] = [PATH], role = ROLE) => ({
  role,
  write: {
    snapshotAtMs: ENDED + afterMs,
    writtenAtMs: ENDED + afterMs + 40,
    form: "list",
    endings,
  } satisfies PolicyWrite,
});
const leaseIn = (writes: readonly ReturnType<typeof write>[], task = TASK, events = EVENTS, nowSeconds = NOW + 100) =>
  receiptOf(task, recordOf(task, events), writes, nowSeconds).leases[0];

describe("the receipt of a task", () => {
  it("has the moment of its ending and of the first write that denies it, to the millisecond", () => {
    expect(receiptOf(TASK, recordOf(TASK), [write(5_000), write(80)], NOW + 100)).toEqual({
      task: PATH,
      agent: "demo",
      status: "revoked",
      ended_at: "2025-11-24T16:00:00.123Z",
      by: "staff|alice",
      leases: [
        {
          name: "aws-0",
          type: "aws",
          ...ROLE,
          access_key_id: "ASIA1",
          fence_at: "2025-11-24T16:14:00Z",
          status: "written",
          policy_written_at: "2025-11-24T16:00:00.243Z",
          milliseconds: 120,
        },
      ],
      below: [],
      complete: true,
    });
  });

  describe("of an ending that a probe watched", () => {
    const observedIn = (observation: Observation, role = ROLE, task = TASK) =>
      (receiptOf(task, recordOf(task), [write(80)], NOW, [{ role, observation }]).leases[0] as LeaseReceipt).observed;

    it.each<[string, Observation, object]>([
      [
        "was answered and then refused",
        { status: "denied", answeredAtMs: ENDED + 3_930, deniedAtMs: ENDED + 4_190 },
        {
          status: "denied",
          denied_at: "2025-11-24T16:00:04.313Z",
          last_answered_at: "2025-11-24T16:00:04.053Z",
          milliseconds: 4_190,
        },
      ],
      [
        "was refused from the first",
        { status: "at_most", deniedAtMs: ENDED + 700 },
        { status: "at_most", denied_at: "2025-11-24T16:00:00.823Z", milliseconds: 700 },
      ],
      [
        "was never refused",
        { status: "not_observed", answeredAtMs: ENDED + 60_000 },
        { status: "not_observed", last_answered_at: "2025-11-24T16:01:00.123Z", milliseconds: 60_000 },
      ],
      [
        "was refused before, by another clock",
        { status: "at_most", deniedAtMs: ENDED - 3 },
        { status: "at_most", denied_at: "2025-11-24T16:00:00.120Z", milliseconds: 0 },
      ],
    ])("records that it %s", (_, observation, recorded) => {
      expect(observedIn(observation)).toEqual(recorded);
    });

    const seen: Observation = { status: "at_most", deniedAtMs: ENDED + 700 };

    it("records nothing of what was seen in another role, or of a task that is alive", () => {
      expect(observedIn(seen, { ...ROLE, role: "valetkey-task-1" })).toBeUndefined();
      expect(observedIn(seen, { ...ROLE, account: accountId("444455556666") })).toBeUndefined();
      expect(observedIn(seen, ROLE, { ...TASK, status: "active" })).toBeUndefined();
    });

    it("is no more complete for it: IAM's denial decides", () => {
      const receipt = receiptOf(TASK, recordOf(TASK), [], NOW, [{ role: ROLE, observation: seen }]);
      expect(receipt).toMatchObject({
        complete: false,
        leases: [{ status: "pending", observed: { status: "at_most" } }],
      });
    });
  });

  it("names the tasks below, and takes their events for none of its own", () => {
    const child = `${PATH}c1x9.` as TaskPath;
    const ofChild = linkEvent(EMPTY_CHAIN, child, "task.ended", ENDED - 5_000, { by: PATH });
    const record = { tasks: [TASK, { ...TASK, path: child }], events: [...EVENTS, ofChild] };
    expect(receiptOf(TASK, record, [write(80)], NOW)).toMatchObject({
      below: [child],
      ended_at: "2025-11-24T16:00:00.123Z",
      complete: true,
    });
  });

  const other = "zzzzzzzzzzzz." as TaskPath;
  it.each([
    ["began at the moment of the ending and shows it", write(0), "written"],
    ["began a millisecond before it", write(-1), "pending"],
    ["began long before it", write(-60_000), "pending"],
    ["began after it and does not show it yet", write(29_999, []), "pending"],
    ["shows another task's ending", write(80, [other]), "pending"],
    ["began so long after it that it must have been in the record", write(30_000, []), "written"],
    ["is another role's", write(80, [PATH], { ...ROLE, role: "valetkey-task-1" }), "pending"],
    ["is another account's", write(80, [PATH], { ...ROLE, account: accountId("444455556666") }), "pending"],
  ])("a write that %s", (_, one, status) => {
    expect(leaseIn([one])).toMatchObject({ status });
  });

  it("has each lease by its own role, and is complete when all of them are", () => {
    const second = { ...LEASE, name: "aws-1", role: "valetkey-task-1" };
    const task = { ...TASK, leases: [LEASE, second] };
    const one = [write(80)];
    const both = [...one, write(200, [PATH], { ...ROLE, role: "valetkey-task-1" })];
    expect(receiptOf(task, recordOf(task), one, NOW)).toMatchObject({
      leases: [{ status: "written" }, { status: "pending" }],
      complete: false,
    });
    expect(receiptOf(task, recordOf(task), both, NOW)).toMatchObject({
      leases: [{ milliseconds: 120 }, { milliseconds: 240 }],
      complete: true,
    });
  });

  it("is expired once the latest fence of a lease has passed by every clock", () => {
    const renewed = { ...TASK, leases: [{ ...LEASE, earlierFenceAt: NOW + 900 }] };
    expect(leaseIn([], renewed)).toMatchObject({ fence_at: "2025-11-24T16:15:00Z", status: "pending" });
    expect(leaseIn([], renewed, EVENTS, NOW + 1_200)).toMatchObject({ status: "pending" });
    expect(leaseIn([], renewed, EVENTS, NOW + 1_201)).toMatchObject({ status: "expired" });
  });

  it("is complete for a task without leases once it has ended", () => {
    const task = { ...TASK, leases: [] };
    expect(receiptOf(task, recordOf(task), [], NOW)).toMatchObject({ leases: [], complete: true });
  });

  const login = {
    name: "postgres-0",
    type: "postgres",
    path: PATH,
    detail: 1,
    state: "revoked",
    startedAt: NOW - 60,
    expiresAt: NOW + 840,
    made: {},
  } as const;
  const revokedAt = (at: number, facts = { name: "postgres-0" }) =>
    linkEvent(headOf(ended), PATH, "lease.revoked", at, facts);
  it("has what a connector confirmed, and when", () => {
    const task = { ...TASK, leases: [], connectorLeases: [login] };
    expect(receiptOf(task, recordOf(task, [...EVENTS, revokedAt(ENDED + 700)]), [], NOW)).toMatchObject({
      leases: [
        {
          name: "postgres-0",
          type: "postgres",
          expires_at: "2025-11-24T16:14:00Z",
          status: "revoked",
          revoked_at: "2025-11-24T16:00:00.823Z",
          milliseconds: 700,
        },
      ],
      complete: true,
    });
  });

  it.each([
    ["that is still issued", { ...login, state: "issued" as const }, [revokedAt(ENDED + 700)]],
    ["that may have been issued", { ...login, state: "issuing" as const }, []],
    ["of which the journal has no confirmation", login, []],
    [
      "of which it has something else",
      login,
      [linkEvent(headOf(ended), PATH, "task.token_issued", ENDED + 700, { name: "postgres-0" })],
    ],
    ["of which it has another's", login, [revokedAt(ENDED + 700, { name: "postgres-1" })]],
  ])("is not complete with a connector's lease %s, whatever time has passed", (_, lease, more) => {
    const task = { ...TASK, leases: [], connectorLeases: [lease] };
    expect(receiptOf(task, recordOf(task, [...EVENTS, ...more]), [], NOW + 9_999)).toMatchObject({
      leases: [{ status: "pending" }],
      complete: false,
    });
  });

  it("gives no milliseconds of what was gone before the task ended", () => {
    const gone = linkEvent(headOf(opened), PATH, "lease.revoked", ENDED - 500, { name: "postgres-0" });
    const later = linkEvent(headOf(gone), PATH, "task.ended", ENDED, { by: "demo" });
    const task = { ...TASK, leases: [], connectorLeases: [login] };
    const receipt = receiptOf(task, recordOf(task, [opened, gone, later]), [], NOW);
    expect(receipt).toMatchObject({ leases: [{ status: "revoked" }], complete: true });
    expect(receipt.leases[0]).not.toHaveProperty("milliseconds");
  });

  it("names no access key that is not known", () => {
    const { accessKeyId: _, ...issuing } = LEASE;
    expect(leaseIn([], { ...TASK, leases: [issuing] })).not.toHaveProperty("access_key_id");
  });

  it.each([
    ["of an active task", { ...TASK, status: "active" as const }, [opened]],
    ["of an active task with an event of an ending", { ...TASK, status: "active" as const }, EVENTS],
    ["whose journal lacks an event", TASK, [ended]],
    ["whose journal was changed", TASK, [opened, { ...ended, at: ENDED - 1_000 }]],
    ["whose journal has no ending", TASK, [opened]],
  ])("%s has no ending, and counts no write", (_, task, events) => {
    const receipt = receiptOf(task, recordOf(task, events), [write(80)], NOW + 100);
    expect(receipt).toMatchObject({ leases: [{ status: "pending" }], complete: false });
    expect(receipt).not.toHaveProperty("ended_at");
  });
});
