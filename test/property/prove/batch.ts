import fc from "fast-check";
import type { Answer } from "../../../functions/core/proof/question.ts";
import type { Scenario } from "../arbitrary/scenarios.ts";
import { built } from "../arbitrary/wild.ts";
import { arbitraryWorld, type World } from "../arbitrary/worlds.ts";
import { countFeatures, type Reach } from "../features.ts";
import { judgeSessions, type Validator } from "../proof/judge-session.ts";
import { type Opened, type Pipeline, REAL } from "../vend.ts";
import { type Tried, vendAndTry } from "../vend-and-try.ts";

const NUMBERS = ["asked", "allowed", "permitted", "promised", "kept", "unsayable", "listed", "otherCase"] as const;

/** Results of many scenarios. */
export interface Total extends Record<(typeof NUMBERS)[number], number> {
  scenarios: number;
  sessions: number;
  /** Calls that Cedar permits on the terms of the permit that decided, and that the session policy does not allow. */
  readonly broken: string[];
  /** Sessions by the validator's verdict, where the validator ran. */
  readonly verdicts: Record<Answer["verdict"], number>;
  readonly reach: Map<string, Reach>;
  /**
   * Texts that the validator judged and that every call of a small world tried. `smallProven`: those of them that it
   * proved.
   */
  smallWorlds: number;
  smallProven: number;
  /** The same for texts from the whole grammars, tried by some calls. */
  anyWorlds: number;
  anyProven: number;
  /** Sets of policies that were asked with each condition of the world and without it. */
  conditionSets: number;
}

/** Result of one batch. */
export interface Batch {
  readonly total: Total;
  readonly counterexample?: Counterexample;
}

/** A scenario that breaks I2, shrunk as far as it goes. */
export interface Counterexample {
  readonly seed: number;
  readonly policies: readonly string[];
  /** Intent of each task, the root's first. */
  readonly intents: readonly string[];
  /** Requesters, each with its time and address. */
  readonly askers: readonly object[];
  readonly violations: readonly string[];
}

export const emptyTotal = (): Total => ({
  scenarios: 0,
  sessions: 0,
  asked: 0,
  allowed: 0,
  permitted: 0,
  promised: 0,
  kept: 0,
  unsayable: 0,
  listed: 0,
  otherCase: 0,
  broken: [],
  verdicts: { proven: 0, counterexample: 0, unknown: 0 },
  reach: new Map(),
  smallWorlds: 0,
  smallProven: 0,
  anyWorlds: 0,
  anyProven: 0,
  conditionSets: 0,
});

interface Size {
  readonly seed: number;
  readonly scenarios: number;
  /** Calls for each session, if not all. */
  readonly calls?: number;
  /** Judges each session besides. The evaluators check its verdicts. */
  readonly validator?: Validator;
}

/** Tries as many worlds as the size gives, or fewer where one breaks I2 or I3. The same seed tries the same worlds. */
export async function proveBatch(
  { seed, scenarios, calls, validator }: Size,
  pipeline: Pipeline = REAL,
  worlds: fc.Arbitrary<World> = arbitraryWorld,
): Promise<Batch> {
  const total = emptyTotal();
  const property = fc.asyncProperty(worlds, async (world) => {
    const tried = await tryWorld(world, pipeline, calls, validator);
    tried.forEach((each, index) => {
      const scenario = world[index];
      if (scenario) addTried(total, scenario, each);
    });
    return tried.every(({ violations }) => violations.length === 0);
  });
  const { counterexample } = await fc.check(property, { seed, numRuns: scenarios });
  const [smallest] = counterexample ?? [];
  if (smallest === undefined) return { total };
  const tried = await tryWorld(smallest, pipeline, calls, validator);
  return {
    total,
    counterexample: {
      seed,
      policies: built(smallest)[0]?.policies.map(({ text }) => text) ?? [],
      intents: smallest.map(({ json }) => json),
      askers: smallest.map(({ asker, clock }) => ({ ...asker, clock })),
      violations: tried.flatMap(({ violations }) => violations),
    },
  };
}

/**
 * Tries each task of the world. After a violation, tries again with only the policies that the build accepts: no others
 * are deployed.
 */
export async function tryWorld(
  world: World,
  pipeline: Pipeline,
  calls?: number,
  validator?: Validator,
): Promise<readonly Tried[]> {
  const tried = await tryTasks(world, pipeline, calls, validator);
  const isKept = tried.every(({ violations }) => violations.length === 0);
  return isKept ? tried : tryTasks(built(world), pipeline, calls, validator);
}

/** Vends and tries each task, down to the first that is not opened. */
async function tryTasks(
  world: World,
  pipeline: Pipeline,
  calls?: number,
  validator?: Validator,
): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  let parent: Opened | undefined;
  for (const scenario of world) {
    const each = await vendAndTry(scenario, pipeline, calls, parent);
    if (validator) await judgeSessions(scenario, each, validator);
    tried.push(each);
    parent = each.vended.opened;
    if (!parent) break;
  }
  return tried;
}

function addTried(total: Total, scenario: Scenario, tried: Tried): void {
  total.scenarios += 1;
  total.sessions += tried.vended.sessions.length;
  for (const name of NUMBERS) total[name] += tried[name];
  total.broken.push(...tried.broken);
  for (const verdict of tried.verdicts) total.verdicts[verdict] += 1;
  countFeatures(total.reach, { scenario, vended: tried.vended }, tried);
}

/** Adds one total to another. */
export function addTotal(to: Total, more: Total): void {
  to.scenarios += more.scenarios;
  to.sessions += more.sessions;
  to.smallWorlds += more.smallWorlds;
  to.smallProven += more.smallProven;
  to.anyWorlds += more.anyWorlds;
  to.anyProven += more.anyProven;
  to.conditionSets += more.conditionSets;
  for (const name of NUMBERS) to[name] += more[name];
  to.broken.push(...more.broken);
  to.verdicts.proven += more.verdicts.proven;
  to.verdicts.counterexample += more.verdicts.counterexample;
  to.verdicts.unknown += more.verdicts.unknown;
  for (const [name, { scenarios, asked, allowed }] of more.reach) {
    const known = to.reach.get(name) ?? { scenarios: 0, asked: 0, allowed: 0 };
    to.reach.set(name, {
      scenarios: known.scenarios + scenarios,
      asked: known.asked + asked,
      allowed: known.allowed + allowed,
    });
  }
}
