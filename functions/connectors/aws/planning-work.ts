import type { Permitted } from "../../core/policy/decide.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Compile } from "./granted-aws.ts";

/**
 * Upper bound on the work that divides one request into sessions. Agents choose what is divided, and the work blocks the
 * process. Work is counted in units that are the same on every machine, warm or cold. 200 statements of one resource each, without
 * a Deny, take about half.
 */
export const PLANNING_WORK = 2_000_000;

/** Units of one Deny in one compilation. Each Deny is widened and compared with the Allows that it touches. */
export const DENY_WORK = 40;

/** Returns a compiler that counts its work. @throws {Refusal} intent_invalid, at the call, where the work exceeds the bound. */
export function withinPlanningWork(compile: Compile): Compile {
  let left = PLANNING_WORK;
  return (permitted) => {
    left -= workOf(permitted);
    if (left < 0) throw new Refusal("intent_invalid", { say: TOO_MUCH });
    return compile(permitted);
  };
}

/** Counts the units of one compilation. Rules of one action are compared with each other. */
function workOf(permitted: readonly Permitted[]): number {
  const counts = new Map<string, number>();
  let denies = 0;
  for (const { pair, conditions, denies: own } of permitted) {
    counts.set(pair.action, (counts.get(pair.action) ?? 0) + conditions.length);
    denies += own.reduce((sum, { resources }) => sum + resources.length, 0);
  }
  return [...counts.values()].reduce((sum, count) => sum + count ** 2, DENY_WORK * denies);
}

const TOO_MUCH =
  "Dividing the request into AWS sessions takes more work than a request may: ask for fewer resources, write those with the same conditions into one detail, or split the request over several tasks.";
