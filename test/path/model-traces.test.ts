import { describe, expect, it } from "vitest";
import { Replay } from "../model/replay.ts";
import { modelHash, readTraces } from "../model/traces.ts";
import { VARIANT_NAMES, VARIANTS, type VariantName } from "../model/variants.ts";

/**
 * Steps of each counterexample that the real functions do not follow: there, the guard that the variant lacks holds. A
 * policy's text is no step, so the last three have none.
 */
const DEPARTURES: Readonly<Record<VariantName, readonly string[]>> = {
  "unread-opening": ["vend hands out: agent_inactive"],
  "unread-renewal": ["renew reads: task_ended", "renew hands out: task_ended"],
  "list-first": ["end lists: something else comes before"],
  "role-not-taken": ["writer1 receives: the queue delivers nothing"],
  "role-not-held": ["writer1 receives: the queue delivers nothing"],
  "cut-without-margin": [],
  "broad-exception": [],
  "copies-by-issue-time": [],
};

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
