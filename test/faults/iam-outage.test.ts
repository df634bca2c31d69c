import { describe, expect, it } from "vitest";
import { FENCE_SECONDS } from "../../contract/limits.ts";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { type Outage, runOutage, type ToldBound } from "../harness/iam-outage.ts";
import { seededNumbers } from "../harness/seeded-random.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** Bounds that a key outlived, by the slowest clock that AWS may have. */
const broken = ({ told }: Outage): readonly ToldBound[] => told.filter(({ bound, diesAt }) => diesAt > bound);

/** Bounds of keys that outlived their task's end: IAM could deny none of them. */
const needed = ({ told }: Outage): readonly ToldBound[] => told.filter(({ fenceAt, toldAt }) => fenceAt > toldAt + 20);

const HOUR = { before: 300, lasts: 3_600, panicAfter: 2_700, step: 20 };

describe("I4: IAM answers nothing for an hour, while tasks begin, are renewed and end, and a panic is declared", () => {
  it("no key outlives the bound that an operator was told", { timeout: 60_000 }, async () => {
    const outage = await runOutage({ ...HOUR, random: seededNumbers("an hour") });
    expect(broken(outage)).toEqual([]);
    expect(needed(outage).filter(({ from }) => from === "receipt").length).toBeGreaterThan(20);
    const [panic, ...others] = outage.told.filter(({ from }) => from === "panic");
    expect(others).toEqual([]);
    // The last success is within the minute in which the sweep has each role checked.
    expect(panic?.since).toBeGreaterThanOrEqual(outage.beganAt - 60);
    expect(panic?.since).toBeLessThanOrEqual(outage.beganAt);
    expect(outage.issuedAfterPanic).toBe(0);
  });

  it("a bound without the margin of clocks is outlived: the comparison can fail", async () => {
    const outage = await runOutage({ ...HOUR, lasts: 1_200, panicAfter: 900, random: seededNumbers("without") });
    const bare = {
      ...outage,
      told: outage.told.map((each) => ({ ...each, bound: each.bound - CLOCK_MARGIN_SECONDS })),
    };
    expect(broken(bare)).not.toEqual([]);
  });
});

/** Time between two sweeps, which have each role checked; time from an outage to a panic; and a round; seconds. */
const [SWEEP_SECONDS, MOST_UNTIL_PANIC, STEP_SECONDS] = [60, 240, 30];

describe("I4: 200 outages of IAM that begin at random moments", () => {
  it("no bound that was told is ever exceeded, whatever the moment of the last success", {
    timeout: 120_000,
  }, async () => {
    const random = seededNumbers("outages");
    const found = { needed: 0, latest: 0 };
    for (let index = 0; index < 200; index += 1) {
      const [before, panicAfter] = [60 + Math.floor(random() * 60), Math.floor(random() * MOST_UNTIL_PANIC)];
      const outage = await runOutage({
        before,
        lasts: panicAfter + STEP_SECONDS,
        panicAfter,
        step: STEP_SECONDS,
        random,
      });
      expect(broken(outage), `outage ${index}`).toEqual([]);
      expect(outage.issuedAfterPanic).toBe(0);
      found.needed += needed(outage).length;
      for (const { bound, since } of outage.told)
        if (since !== undefined) found.latest = Math.max(found.latest, bound - since);
    }
    expect(found.needed).toBeGreaterThan(100);
    // A client that does not renew by itself gets its last key at the panic, at most this long after the last success.
    const lastVend = SWEEP_SECONDS + MOST_UNTIL_PANIC + STEP_SECONDS;
    expect(found.latest).toBeLessThanOrEqual(lastVend + FENCE_SECONDS + CLOCK_MARGIN_SECONDS);
  });
});
