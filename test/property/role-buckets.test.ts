import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headOf, linkEvent } from "../../functions/core/journal/event.ts";
import { CLOCK_MARGIN_SECONDS, renewedOver } from "../../functions/core/revocation/role-entry.ts";
import { fenceFor, type Task } from "../../functions/core/tasks/task.ts";
import { aLease, aTask, aUse, eventOn, ROLE } from "../contract/store/tested-store.ts";
import { FakeTasks } from "../fakes/fake-tasks.ts";

const NOW = 1_764_000_000;
/** How far the clocks of our functions, and AWS's, are apart at most. */
const APART = 60;

/** What is done to one task after the other, by functions whose clocks differ; `after` is true seconds since the last. */
const step = fc.record({
  what: fc.constantFrom("open", "renew", "renew", "renew", "end", "look"),
  which: fc.nat(3),
  lease: fc.nat(1),
  after: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 1_300 })),
  clock: fc.integer({ min: -APART, max: APART }),
  /** A fence may be earlier than its 15 minutes: a deadline, the end of an hour. */
  shorter: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 890 })),
});

describe("I5: the buckets of a role's entries", () => {
  it("hold whatever is standing, told as it is, whoever looks and whosever clocks opened, renewed and ended it", async () => {
    const count = { standing: 0, ended: 0, past: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), async (steps) => {
        const record = new Record();
        for (const { what, which, lease, after, clock, shorter } of steps) {
          record.now += after;
          const at = record.now + clock;
          const task = record.tasks[which];
          if (what === "open") await record.open(at, shorter);
          else if (what === "renew" && task) await record.renew(task, lease, at, shorter);
          else if (what === "end" && task) await record.end(task, at);
          const entries = await record.store.entries(ROLE, at);
          for (const [path, { lastFenceAt, isEnded }] of record.sessions) {
            // By AWS's clock, which is off too, its last session may still act.
            const isStanding = record.now - APART <= lastFenceAt;
            const entry = entries.find((each) => each.path === path);
            if (!isStanding) count.past += entry === undefined ? 1 : 0;
            else {
              expect(entry, `${path} is missed`).toMatchObject({ fenceAt: lastFenceAt });
              expect(entry?.endedAt !== undefined).toBe(isEnded);
              count[isEnded ? "ended" : "standing"] += 1;
            }
            // What is there to see once is never alive again.
            if (isEnded && entry && at <= entry.fenceAt + CLOCK_MARGIN_SECONDS) expect(entry.endedAt).toBeDefined();
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(count.standing, count.ended, count.past)).toBeGreaterThan(100);
  });
});

/** Tasks with two leases in one role each, and what is true of their sessions. */
class Record {
  readonly store = new FakeTasks();
  readonly tasks: Task[] = [];
  readonly sessions = new Map<string, { lastFenceAt: number; isEnded: boolean }>();
  now = NOW;

  async open(at: number, shorter: number): Promise<void> {
    const expiresAt = at + 6_000;
    const fenceAt = fenceFor({ expiresAt }, at) - shorter;
    const leases = [aLease(0, { startedAt: at, fenceAt }), aLease(1, { startedAt: at, fenceAt: fenceAt + 7 })];
    const { task } = aTask({ openedAt: at, expiresAt, leases });
    const event = linkEvent({ n: 0, hash: "" }, task.path, "task.opened", at * 1_000, {});
    await this.store.open({ ...task, chain: headOf(event) }, event, aUse(), undefined);
    this.tasks.unshift({ ...task, chain: headOf(event) });
    this.sessions.set(task.path, { lastFenceAt: fenceAt + 7, isEnded: false });
  }

  async renew({ path }: Task, index: number, at: number, shorter: number): Promise<void> {
    const task = await this.store.read(path);
    const lease = task?.leases[index];
    const known = this.sessions.get(path);
    if (!task || !lease || !known || task.status !== "active") return;
    const fenceAt = Math.max(at, fenceFor(task, at) - shorter);
    const next = renewedOver(lease, aLease(index, { event: task.chain.n + 1, startedAt: at, fenceAt }));
    await this.store.renew(task, next, eventOn(task));
    known.lastFenceAt = Math.max(known.lastFenceAt, fenceAt);
  }

  async end({ path }: Task, at: number): Promise<void> {
    const task = await this.store.read(path);
    const known = this.sessions.get(path);
    if (!task || !known || task.status !== "active") return;
    await this.store.end(task, { status: "completed", endedAt: at }, eventOn(task, "task.ended"));
    known.isEnded = true;
  }
}
