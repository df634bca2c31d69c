import fc from "fast-check";
import { arbitraryScenario, type Scenario } from "../arbitrary/scenarios.ts";
import { countFeatures, type Reach } from "../features.ts";
import { type Pipeline, REAL } from "../vend.ts";
import { type Tried, vendAndTry } from "../vend-and-try.ts";

const NUMBERS = ["asked", "allowed", "permitted", "promised", "kept", "unsayable"] as const;

/** What came of many scenarios. */
export interface Total extends Record<(typeof NUMBERS)[number], number> {
  scenarios: number;
  sessions: number;
  /** Calls that Cedar permits on the terms of the permit that decided, and that the session policy does not allow. */
  readonly broken: string[];
  readonly reach: Map<string, Reach>;
}

/** A scenario that breaks I2, made as small as it goes. */
export interface Counterexample {
  readonly seed: number;
  readonly policies: readonly string[];
  readonly intent: string;
  readonly violations: readonly string[];
}

export const emptyTotal = (): Total => ({
  ...{ scenarios: 0, sessions: 0, asked: 0, allowed: 0, permitted: 0, promised: 0, kept: 0, unsayable: 0 },
  broken: [],
  reach: new Map(),
});

interface Size {
  readonly seed: number;
  readonly scenarios: number;
  /** Calls for each session, if not all. */
  readonly calls?: number;
}

/** Tries as many scenarios as the size says, or fewer where one breaks I2. The same seed tries the same. */
export async function proveBatch(
  { seed, scenarios, calls }: Size,
  pipeline: Pipeline = REAL,
): Promise<{ readonly total: Total; readonly counterexample?: Counterexample }> {
  const total = emptyTotal();
  const property = fc.asyncProperty(arbitraryScenario, async (scenario) => {
    const tried = await vendAndTry(scenario, pipeline, calls);
    addTried(total, scenario, tried);
    return tried.violations.length === 0;
  });
  const { counterexample } = await fc.check(property, { seed, numRuns: scenarios });
  const [smallest] = counterexample ?? [];
  if (smallest === undefined) return { total };
  const { violations } = await vendAndTry(smallest, pipeline);
  const policies = smallest.policies.map(({ text }) => text);
  return { total, counterexample: { seed, policies, intent: smallest.json, violations } };
}

function addTried(total: Total, scenario: Scenario, tried: Tried): void {
  total.scenarios += 1;
  total.sessions += tried.vended.sessions.length;
  for (const name of NUMBERS) total[name] += tried[name];
  total.broken.push(...tried.broken);
  countFeatures(total.reach, { scenario, vended: tried.vended }, tried);
}

/** Adds one total to another. */
export function addTotal(to: Total, more: Total): void {
  to.scenarios += more.scenarios;
  to.sessions += more.sessions;
  for (const name of NUMBERS) to[name] += more[name];
  to.broken.push(...more.broken);
  for (const [name, { scenarios, asked, allowed }] of more.reach) {
    const known = to.reach.get(name) ?? { scenarios: 0, asked: 0, allowed: 0 };
    to.reach.set(name, {
      scenarios: known.scenarios + scenarios,
      asked: known.asked + asked,
      allowed: known.allowed + allowed,
    });
  }
}
