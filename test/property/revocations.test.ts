import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INLINE_POLICY_CHARACTERS, type RoleEntry, renderRevocations } from "../../functions/core/revocation/render.ts";
import { type TaskPath, taskPath } from "../../functions/core/tasks/path.ts";
import { mayStillAct } from "../unit/core/revocation/tried-on.ts";

const NOW = 1_764_000_000;
/** As `render.ts` has it: clocks may differ by this much. */
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
    openedAt: fc.constant(NOW - 600),
    fenceAt: fc.integer({ min: NOW - MARGIN - 300, max: NOW + 900 }),
    endedAt: fc.option(fc.integer({ min: NOW - 600, max: NOW })),
  })
  .map(({ endedAt, ...rest }) => (endedAt === null ? rest : { ...rest, endedAt }));

const isAncestor = (above: TaskPath, below: TaskPath): boolean => {
  const steps = above.split(".").slice(0, -1);
  return steps.every((step, level) => below.split(".")[level] === step);
};

describe("I5: the revocation policy", () => {
  it("denies exactly the sessions that ended, or whose ancestor did, until their fences have surely fallen", async () => {
    const count = { denied: 0, alive: 0, prefixSiblings: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(entry, { minLength: 1, maxLength: 8, selector: (each) => each.path }),
        async (entries) => {
          const { text, overflowed } = renderRevocations(entries, NOW);
          expect(overflowed).toBe(false);
          const ended = entries.filter(({ endedAt, fenceAt }) => endedAt !== undefined && fenceAt + MARGIN >= NOW);
          for (const session of entries) {
            expect(taskPath(session.path)).toBe(session.path);
            const isEnded = ended.some((each) => isAncestor(each.path, session.path));
            expect([session.path, await mayStillAct(text, { path: session.path, issuedAt: NOW - 60 })]).toEqual([
              session.path,
              !isEnded,
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

  it("denies every session issued so far where the ended ones do not fit, and fits itself", async () => {
    const count = { overflowed: 0, whole: 0 };
    // On both sides of what fits, whatever the depth.
    const howMany = fc.oneof(fc.integer({ min: 200, max: 300 }), fc.integer({ min: 560, max: 660 }));
    await fc.assert(
      fc.asyncProperty(howMany, fc.nat(2), fc.nat(500), async (ended, depth, age) => {
        const entries = Array.from({ length: ended }, (_, n) => ({
          path: `${n.toString(36).padStart(12, "0")}.${"aaaa.".repeat(depth)}` as TaskPath,
          openedAt: NOW - 600,
          fenceAt: NOW + 1,
          endedAt: NOW,
        }));
        const { text, revoked, overflowed } = renderRevocations(entries, NOW);
        count[overflowed ? "overflowed" : "whole"] += 1;
        expect(revoked).toBe(ended);
        expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
        const sessions = overflowed
          ? ["zzzzzzzzzzzz.", ...entries.map((each) => each.path)]
          : entries.map((each) => each.path);
        for (const path of [sessions[0], sessions.at(-1)])
          expect(await mayStillAct(text, { path: path ?? "", issuedAt: NOW - 1 - age })).toBe(false);
        if (!overflowed) expect(await mayStillAct(text, { path: "zzzzzzzzzzzz.", issuedAt: NOW - 1 })).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect(count.overflowed).toBeGreaterThan(5);
    expect(count.whole).toBeGreaterThan(5);
  });
});
