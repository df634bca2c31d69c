import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { levelOf } from "../../contract/task-id.ts";
import { INLINE_POLICY_CHARACTERS, renderRevocations } from "../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../functions/core/revocation/role-entry.ts";
import { whole } from "../../functions/core/revocation/roles.ts";
import { type TaskPath, taskPath } from "../../functions/core/task-path.ts";
import { FakeRole } from "../fakes/tasks/role.ts";
import { mayStillAct } from "../unit/core/revocation/tried-on.ts";
import { history, RevocationHistory } from "./arbitrary/revocation-history.ts";

const NOW = 1_764_000_000;
/** Seconds that clocks may differ by, as in `render.ts`. */
const MARGIN = 300;

/** Ids that begin and end alike, and trees of them. */
const letters = (length: number) =>
  fc.string({ unit: fc.constantFrom("a", "b"), minLength: length, maxLength: length });
const path = fc
  .tuple(letters(2), fc.array(letters(1), { maxLength: 2 }))
  .map(([root, children]) => `aaaaaaaaaa${root}.${children.map((child) => `aaa${child}.`).join("")}` as TaskPath);

const entry: fc.Arbitrary<RoleEntry> = fc
  .record({
    path,
    agent: fc.constant(agentId("demo")),
    openedAt: fc.constant(NOW - 600),
    startedAt: fc.constant(NOW - 600),
    fenceAt: fc.integer({ min: NOW - MARGIN - 300, max: NOW + 900 }),
    endedAt: fc.option(fc.integer({ min: NOW - 600, max: NOW })),
  })
  .map(({ endedAt, ...rest }) => (endedAt === null ? rest : { ...rest, endedAt }));

const isAncestor = (above: TaskPath, below: TaskPath): boolean => {
  const steps = above.split(".").slice(0, -1);
  return steps.every((step, level) => below.split(".")[level] === step);
};

describe("I5: the revocation policy", () => {
  it("denies exactly the sessions that ended, or whose ancestor did, until their fences have surely passed", async () => {
    const count = { denied: 0, alive: 0, prefixSiblings: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(entry, { minLength: 1, maxLength: 8, selector: (each) => each.path }),
        async (entries) => {
          const { text, form } = renderRevocations(whole(entries), NOW);
          expect(["none", "list"]).toContain(form);
          const ended = entries.filter(({ endedAt, fenceAt }) => endedAt !== undefined && fenceAt + MARGIN >= NOW);
          for (const session of entries) {
            expect(taskPath(session.path)).toBe(session.path);
            const isEnded = ended.some((each) => isAncestor(each.path, session.path));
            expect([session.path, await mayStillAct(text, { path: session.path, startedAt: NOW - 60 })]).toEqual([
              session.path,
              !isEnded,
            ]);
            // A path that merely begins alike is another task's.
            const longer = `${session.path.slice(0, -1)}b.`;
            const parentEnded = ended.some((each) => isAncestor(each.path, longer as TaskPath));
            expect([longer, await mayStillAct(text, { path: longer, startedAt: NOW - 60 })]).toEqual([
              longer,
              !parentEnded,
            ]);
            count[isEnded ? "denied" : "alive"] += 1;
            if (!isEnded && ended.some(({ path }) => session.path.startsWith(path.slice(0, 11))))
              count.prefixSiblings += 1;
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(count.denied).toBeGreaterThan(200);
    expect(count.alive).toBeGreaterThan(200);
    expect(count.prefixSiblings).toBeGreaterThan(100);
  });

  it("denies exactly the ended sessions where they are too many to name, by excepting the live ones", async () => {
    const count = { denied: 0, alive: 0 };
    // A crowd of tasks that ended long ago forces the cut. The few tasks under test have sessions of any possible age.
    const crowd = Array.from({ length: 700 }, (_, n) =>
      ended(`${n.toString(36).padStart(12, "z")}.`, NOW - 500, NOW - 400),
    );
    const task = fc
      .record({
        name: fc.integer({ min: 0, max: 1e6 }),
        openedAt: fc.integer({ min: NOW - 880, max: NOW }),
        isAlive: fc.boolean(),
        endsAfter: fc.double({ min: 0, max: 1, noNaN: true }),
        sessionAt: fc.double({ min: 0, max: 1, noNaN: true }),
        // The later of two concurrent renewals may be recorded by a clock that is behind by less than five seconds.
        recordedBefore: fc.integer({ min: 0, max: 4 }),
      })
      .map(({ name, openedAt, isAlive, endsAfter, sessionAt, recordedBefore }) => {
        const path = `aaaaa${String(name).padStart(7, "0")}.`;
        const lastAt = isAlive ? NOW : openedAt + Math.floor(endsAfter * (NOW - openedAt));
        const startedAt = openedAt + Math.floor(sessionAt * (lastAt - openedAt));
        const entry = isAlive ? alive(path, openedAt) : ended(path, openedAt, lastAt);
        return { path, startedAt, entry: { ...entry, startedAt: startedAt - recordedBefore } };
      });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(task, { minLength: 1, maxLength: 20, selector: ({ path }) => path }),
        async (tasks) => {
          const { text, form } = renderRevocations(whole([...crowd, ...tasks.map((each) => each.entry)]), NOW);
          expect(form).toBe("cut");
          expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
          for (const { path, startedAt, entry } of tasks) {
            const isAlive = entry.endedAt === undefined;
            expect([path, startedAt, await mayStillAct(text, { path, startedAt })]).toEqual([path, startedAt, isAlive]);
            count[isAlive ? "alive" : "denied"] += 1;
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(count.denied).toBeGreaterThan(100);
    expect(count.alive).toBeGreaterThan(100);
  });
});

describe("I5: an ending that takes as long to be recorded as a renewal to be answered", () => {
  it("leaves no session alive that was handed out in between, for any clocks, however few ended tasks are read", async () => {
    const count = { named: 0, cut: 0 };
    // The worst case has every delay at its limit.
    const between = (min: number, max: number) =>
      fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(min, max));
    const clock = between(-2.4, 2.4);
    const given = fc.record({
      clocks: fc.record({ starter: clock, ender: clock, reader: clock, sts: clock }),
      // Order of the steps: a renewal is recorded, an ending is noted, STS issues, the renewal is answered. Then the
      // ending is recorded, and the role is rendered.
      noted: between(0.1, 2),
      issued: between(0, 10),
      recorded: between(0, 10),
      rendered: fc.oneof(between(0, 18), between(0, 40)),
      most: fc.constantFrom(0, 1, 200),
    });
    // Each attempt ends the same task anew, among the same others.
    const crowded = { 0: new FakeRole(0), 1: new FakeRole(1), 200: new FakeRole(200) };
    for (const role of Object.values(crowded))
      for (let n = 0; n < 210; n += 1) role.ended(alive(`${String(n).padStart(12, "z")}.`, NOW - 900), NOW - 100);
    await fc.assert(
      fc.asyncProperty(given, async ({ clocks, noted, issued, recorded, rendered, most }) => {
        if (issued > noted + recorded) return; // The renewal is then refused, and no session is handed out.
        const role = crowded[most];
        const path = "k7f3m2q9x4ab." as TaskPath;
        const times = { openedAt: NOW - 500, startedAt: Math.floor(NOW + clocks.starter), fenceAt: NOW + 900 };
        role.ended({ path, agent: agentId("demo"), ...times }, Math.floor(NOW + noted + clocks.ender));
        const at = NOW + noted + recorded + rendered + clocks.reader;
        const { text = "", form } = renderRevocations(role.snapshot(at), at);
        expect(form).toBe("cut");
        const session = { path, startedAt: times.startedAt, issuedAt: NOW + issued + clocks.sts };
        expect([session, text, await mayStillAct(text, session)]).toEqual([session, text, false]);
        count[text.includes(path) ? "named" : "cut"] += 1;
      }),
      { numRuns: 8_000 },
    );
    expect(Math.min(count.named, count.cut)).toBeGreaterThan(100);
  });
});

describe("I5: the policies of a role, one after the other, seen in any mix", () => {
  it("never revive a session that was over at a rendering, and never kill a live one, for any clocks", async () => {
    const count = { over: 0, live: 0, grandchildren: 0, forms: new Map<string, number>() };
    await fc.assert(
      fc.asyncProperty(history, async ({ steps, isCrowded, isPanicky, most }) => {
        const played = new RevocationHistory(isCrowded, most);
        for (const each of steps) played.play(each, isPanicky);
        for (const { policy, at, halted, isPanic } of played.written) {
          count.forms.set(policy.form, (count.forms.get(policy.form) ?? 0) + 1);
          expect(policy.form).not.toBe("everything");
          for (const { path, agent, sessions, overAt } of played.tasks) {
            for (const { startedAt, answeredAt } of sessions) {
              if (overAt < answeredAt) continue; // The session was never handed out.
              const may = await mayStillAct(policy.text, { path, startedAt, agent });
              const about = `${path} begun at ${startedAt}, over at ${overAt}, policy of ${at}: ${policy.text}`;
              if (overAt <= at) {
                expect(may, `revived: ${about}`).toBe(false);
                count.over += 1;
                if (levelOf(path) > 1) count.grandchildren += 1;
              } else if (!isPanic && !halted.includes(agent) && isAliveIn(played, path)) {
                // The session of a task that lives to the end, whenever it was issued: old policies may still be seen.
                expect(may, `killed: ${about}`).toBe(true);
                count.live += 1;
              }
            }
          }
        }
      }),
      { numRuns: 400 },
    );
    expect([...count.forms.keys()].sort()).toEqual(["cut", "halted", "list", "none"]);
    expect(Math.min(count.over, count.live)).toBeGreaterThan(1_000);
    expect(count.grandchildren).toBeGreaterThan(50);
  });
});

const isAliveIn = ({ tasks }: RevocationHistory, path: TaskPath): boolean =>
  tasks.every((task) => task.path !== path || task.overAt === Number.POSITIVE_INFINITY);

const alive = (path: string, openedAt: number): RoleEntry => ({
  path: path as TaskPath,
  agent: agentId("demo"),
  openedAt,
  startedAt: openedAt,
  fenceAt: NOW + 900,
});
const ended = (path: string, openedAt: number, endedAt: number): RoleEntry => ({ ...alive(path, openedAt), endedAt });
