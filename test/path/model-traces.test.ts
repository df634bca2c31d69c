import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FENCE_SECONDS } from "../../contract/limits.ts";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { BEGUN_SECONDS, SKEW_SECONDS } from "../../functions/core/revocation/role-state.ts";
import { LATEST } from "../../functions/core/revocation/roles.ts";
import { LANDS_SECONDS, TAKEN_SECONDS } from "../../functions/reconcile/reconcile-batch.ts";
import { REVOCATION_HIDDEN_SECONDS } from "../../infra/hub-scope.ts";
import { Replay, TICK_SECONDS } from "../model/replay.ts";
import { LabelReplay } from "../model/replay-labels.ts";
import { modelHashes, modelPath, readTraces } from "../model/traces.ts";
import { VARIANT_NAMES, VARIANTS, type VariantName, WORLDS } from "../model/variants.ts";

/** The label is held already when the other side asks, so that nothing is recorded. */
const NOT_OPENED = ["opens", "records", "reads", "hands out"].map((does) => `payroll ${does}: label_conflict`);

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
  "unread-label": ["payroll hands out: label_conflict"],
  "unread-label-again": ["payroll reads: label_conflict", "payroll hands out: label_conflict"],
  "freed-by-end": NOT_OPENED,
  "label-without-margin": NOT_OPENED,
  "one-record": NOT_OPENED,
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
    expect([run.stdout, run.status]).toEqual(["LEFT OUT: the checked models need gcc\n", status]);
  });
});

const { models, variants } = readTraces();

/** Names of the variants of one model. */
const variantsOf = (model: string): readonly VariantName[] =>
  VARIANT_NAMES.filter((name) => WORLDS[VARIANTS[name].world] === model);

describe("the recorded counterexamples", () => {
  it("are those of the models as they are now (`npm run model -- --traces`)", () => {
    expect(models).toEqual(modelHashes());
    expect(Object.keys(variants)).toEqual(VARIANT_NAMES);
    for (const name of VARIANT_NAMES) expect(variants[name].violates).toBe(VARIANTS[name].violates);
  });
});

describe("the durations of the model of revocation", () => {
  const text = readFileSync(modelPath("revocation"), "utf8");
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

describe("the durations of the model of labels", () => {
  const text = readFileSync(modelPath("labels"), "utf8");

  it("are those of the code: a tick is the difference of clocks, and what a label waits after its fence", () => {
    expect(text).toContain(`A tick is ${CLOCK_MARGIN_SECONDS} seconds`);
    const lines = ["#define SKEW 1", "#define MARGIN 1", `#define FENCE ${FENCE_SECONDS / CLOCK_MARGIN_SECONDS}`];
    expect(text.split("\n")).toEqual(expect.arrayContaining(lines));
  });
});

describe("I5: the counterexamples of the model of revocation, replayed against the real functions", () => {
  it.each(variantsOf("revocation"))("%s: the real functions keep the property", async (name) => {
    const { steps, violates } = variants[name];
    const replay = new Replay();
    await replay.play(steps);
    expect(replay.departures).toEqual(DEPARTURES[name]);
    // In the first counterexample nothing is handed out that could be denied, and that of a killed session ends nothing.
    const { denied, allowed } = replay.checks;
    expect(name === "unread-opening" || violates === "P3_killed" ? allowed : denied).toBeGreaterThan(50);
  });
});

describe("I11: the counterexamples of the model of labels, replayed against the real functions", () => {
  it.each(variantsOf("labels"))("%s: nobody has keys of both sides", async (name) => {
    const replay = new LabelReplay();
    await replay.play(variants[name].steps);
    expect(replay.departures).toEqual(DEPARTURES[name]);
    expect(new Set(replay.keys.map(({ side }) => side))).toEqual(new Set(["egress"]));
  });
});
