import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import type { Call, Question } from "../../../functions/core/proof/question.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import { arbitraryTree } from "../arbitrary/wild.ts";
import { arbitraryTask, type World } from "../arbitrary/worlds.ts";
import { BROKEN_AT_THE_EDGES } from "../broken-at-the-edges.ts";
import { BROKEN } from "../broken-pipelines.ts";
import { type Opened, type Pipeline, REAL, vend } from "../vend.ts";
import { questionOf } from "./question-of.ts";
import { doubtsOf } from "./replay.ts";

/** Unlimited time: every proof here finishes, however busy the machine is. */
const UNHURRIED = () => 0;

/**
 * Finds the first session with a counterexample among the worlds of the seed. Counts the sessions that were tried until
 * then.
 */
async function firstFound(arbitrary: fc.Arbitrary<World>, seed: number, pipeline: Pipeline, most: number) {
  const cache = emptyCache();
  let sessions = 0;
  let first: Found | undefined;
  const isDone = () => first !== undefined || sessions >= most;
  const isKept = fc.asyncProperty(arbitrary, async (world) => {
    let parent: Opened | undefined;
    for (const scenario of world) {
      const vended = await vend(scenario, pipeline, parent);
      for (const session of vended.sessions) {
        if (isDone()) break;
        sessions += 1;
        const question = questionOf(scenario, vended, session);
        const answer = prove(question, UNHURRIED, cache);
        if (answer.verdict === "counterexample") first = { question, scenario, texts: vended.texts, call: answer.call };
      }
      parent = vended.opened;
      if (!parent) break;
    }
    return !isDone();
  });
  await fc.check(isKept, { numRuns: 3_000, seed, endOnFailure: true });
  return { sessions, first };
}

interface Found {
  readonly question: Question;
  readonly scenario: Scenario;
  readonly texts: readonly string[];
  readonly call: Call;
}

/** Most sessions to generate for each broken copy. */
const MOST = 2_000;

/**
 * Sessions of the real compiler without a counterexample, by worlds and seed. The same seed gives the same sessions, so
 * many copies share them.
 */
const without = new Map<fc.Arbitrary<World>, Map<number, number>>();

async function sessionsWithout(worlds: fc.Arbitrary<World>, seed: number, most: number): Promise<number> {
  const bySeed = without.get(worlds) ?? new Map<number, number>();
  without.set(worlds, bySeed);
  const known = bySeed.get(seed) ?? 0;
  if (known >= most) return known;
  expect(await firstFound(worlds, seed, REAL, most)).toEqual({ sessions: most, first: undefined });
  bySeed.set(seed, most);
  return most;
}

describe.each([
  ["the compiler", BROKEN, arbitraryTask],
  ["the compiler, at the edges", BROKEN_AT_THE_EDGES, arbitraryTree],
] as const)("I2, I3: a broken copy of %s has a counterexample, and the real one none", (_of, broken, worlds) => {
  it.each(Object.entries(broken))("where %s", { timeout: 300_000 }, async (_name, { seed, build }) => {
    const { sessions, first } = await firstFound(worlds, seed, await build(), MOST);
    if (first === undefined) throw new Error(`none in ${sessions} sessions`);
    expect(await doubtsOf(first.call, first.question, first.scenario, first.texts)).toEqual([]);
    expect(await sessionsWithout(worlds, seed, sessions)).toBeGreaterThanOrEqual(sessions);
  });
});
