import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BEGUN_SECONDS, SKEW_SECONDS } from "../../functions/core/revocation/role-state.ts";
import { LATEST } from "../../functions/core/revocation/roles.ts";
import { LANDS_SECONDS, TAKEN_SECONDS } from "../../functions/reconcile/reconcile-batch.ts";
import { REVOCATION_HIDDEN_SECONDS } from "../../infra/hub-scope.ts";
import { Replay, TICK_SECONDS } from "../model/replay.ts";
import { MODEL, modelHash, readTraces } from "../model/traces.ts";
import { VARIANT_NAMES, VARIANTS, type VariantName } from "../model/variants.ts";

/**
 * Steps of each counterexample that the real functions do not follow: there, the guard that the variant lacks holds. A
 * policy's text is no step, so the last three have none.
 */
const DEPARTURES: Readonly<Record<VariantName, readonly string[]>> = {
  "unread-opening": ["vend hands out: agent_inactive"],
  "unread-renewal": ["renew reads: task_ended", "renew hands out: task_ended"],
  "unread-renewal-in-outage": ["renew reads: task_ended", "renew hands out: task_ended"],
  "list-first": ["end lists: something else comes before"],
  "role-not-taken": ["writer1 receives: the queue delivers nothing"],
  "role-not-held": ["writer1 receives: the queue delivers nothing"],
  "cut-without-margin": [],
  "broad-exception": [],
  "copies-by-issue-time": [],
};

/** Real durations behind the model's, in seconds. */
const SECONDS = {
  SKEW: SKEW_SECONDS,
  "VEND + SKEW + SKEW": BEGUN_SECONDS,
  "CUT + SKEW + SKEW + 1": LATEST.seconds,
  LANDS: LANDS_SECONDS,
  TAKEN: TAKEN_SECONDS,
  HIDDEN: REVOCATION_HIDDEN_SECONDS,
} as const;

describe("npm run model", () => {
  it.each([
    [[], 0],
    [["--required"], 69],
  ])("without gcc and Spin it is left out; with the options %j it exits with %i", (options, status) => {
    const run = spawnSync(process.execPath, ["test/model/run.ts", ...options], { encoding: "utf8", env: { PATH: "" } });
    expect([run.stdout, run.status]).toEqual(["LEFT OUT: the model of revocation needs gcc\n", status]);
  });
});

describe("the model's durations", () => {
  const text = readFileSync(MODEL, "utf8");
  const defined = new Map(
    [...text.matchAll(/^#define (\w+) (\d+)$/gm)].map(([, name = "", ticks]) => [name, Number(ticks)]),
  );
  const ticksOf = (sum: string): number =>
    sum
      .split(" + ")
      .reduce((ticks, term) => ticks + (/^\d+$/.test(term) ? Number(term) : (defined.get(term) ?? NaN)), 0);

  it.each(Object.entries(SECONDS))("%s is %i s in ticks, rounded up", (sum, seconds) => {
    expect(ticksOf(sum.replace("CUT", "VEND + SKEW"))).toBe(Math.ceil(seconds / TICK_SECONDS));
  });

  it("are those by which it computes the cut and the endings that are left out", () => {
    expect(text).toContain("#define CUT (VEND + SKEW)");
    expect(text).toContain("#define LATEST (CUT + SKEW + SKEW + 1)");
  });
});

describe("I5: the counterexamples of the model's variants, replayed against the real functions", () => {
  const { model, variants } = readTraces();

  it("are those of the model as it is now (`npm run model -- --traces`)", () => {
    expect(model).toBe(modelHash());
    expect(Object.keys(variants)).toEqual(VARIANT_NAMES);
  });

  it.each(VARIANT_NAMES)("%s: the real functions keep the property", async (name) => {
    const { steps, violates } = variants[name];
    expect(violates).toBe(VARIANTS[name].violates);
    const replay = new Replay();
    await replay.play(steps);
    expect(replay.departures).toEqual(DEPARTURES[name]);
    // In the first counterexample nothing is handed out that could be denied, and that of a killed session ends nothing.
    const { denied, allowed } = replay.checks;
    expect(name === "unread-opening" || violates === "P3_killed" ? allowed : denied).toBeGreaterThan(50);
  });
});
