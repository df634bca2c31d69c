import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nothingKept, prove } from "../../../functions/core/proof/prove.ts";
import type { Call } from "../../../functions/core/proof/question.ts";
import { arbitraryTask, arbitraryWorld, type World } from "../arbitrary/worlds.ts";
import { BROKEN_AT_THE_EDGES } from "../broken-at-the-edges.ts";
import { BROKEN } from "../broken-pipelines.ts";
import { type Opened, type Pipeline, REAL, vend } from "../vend.ts";
import { questionOf } from "./question-of.ts";
import { doubtsOf } from "./replay.ts";

/** Enough for every proof of these, however busy the machine is. */
const UNHURRIED = () => 0;

/** The first session of the worlds that has a counterexample, and how many were asked about. */
async function firstFound(worlds: Iterable<World>, pipeline: Pipeline, most: number) {
  const kept = nothingKept();
  let sessions = 0;
  for (const world of worlds) {
    let parent: Opened | undefined;
    for (const scenario of world) {
      const vended = await vend(scenario, pipeline, parent);
      for (const session of vended.sessions) {
        sessions += 1;
        const question = questionOf(scenario, vended, session);
        const answer = prove(question, UNHURRIED, kept);
        if (answer.verdict === "counterexample")
          return { sessions, question, scenario, texts: vended.texts, call: answer.call };
        if (sessions >= most) return { sessions };
      }
      parent = vended.opened;
      if (!parent) break;
    }
  }
  return { sessions };
}

/** Worlds, some at a time: most mistakes show early. */
function* worldsOf(arbitrary: fc.Arbitrary<World>, seed: number): Generator<World> {
  for (let place = 0; place < 100; place += 1) yield* fc.sample(arbitrary, { seed: seed * 1_000 + place, numRuns: 20 });
}

/** Of sessions, as many as it takes to see each of them. */
const MOST = 2_000;

describe.each([
  ["the compiler", BROKEN, arbitraryTask],
  ["the compiler, at the edges", BROKEN_AT_THE_EDGES, arbitraryWorld],
] as const)("I2, I3: a broken copy of %s has a counterexample, and the real one none", (_of, broken, worlds) => {
  it.each(Object.entries(broken))("where %s", { timeout: 120_000 }, async (_name, { seed, build }) => {
    const found = await firstFound(worldsOf(worlds, seed), await build(), MOST);
    expect(found.call).toBeDefined();
    const { call, question, scenario, texts } = found as Required<typeof found> & { call: Call };
    expect(await doubtsOf(call, question, scenario, texts)).toEqual([]);
    expect(await firstFound(worldsOf(worlds, seed), REAL, found.sessions)).toEqual({ sessions: found.sessions });
  });
});
