import type { Permitted } from "../../core/policy/decide.ts";
import { canShare } from "../../core/policy/foreign-denies.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Compile } from "./granted-aws.ts";

/**
 * Upper bound on the work that divides one request into sessions. Agents choose what is divided, and the work blocks the
 * process. Work is counted in units that are the same on every machine, warm or cold. 200 statements of one resource each
 * take a third, and two thirds under one forbid of a set.
 */
export const PLANNING_WORK = 1_200_000;

/** Units of one Deny in one compilation. Each Deny is widened and compared with the Allows that it touches. */
export const DENY_WORK = 40;

/** Units of one pair in one compilation. */
export const PAIR_WORK = 10;

/** Steps that divide one request into sessions. All of them share one bound of work. */
export interface Planning {
  readonly compile: Compile;
  /** Returns whether the two grants can share a session. */
  readonly canShare: (one: readonly Permitted[], other: readonly Permitted[]) => boolean;
}

/** Returns steps that count their work. @throws {Refusal} intent_invalid, at the call, where the work exceeds the bound. */
export function withinPlanningWork(compile: Compile): Planning {
  let left = PLANNING_WORK;
  const spend = (units: number): void => {
    left -= units;
    if (left < 0) throw new Refusal("intent_invalid", { say: TOO_MUCH });
  };
  return {
    compile: (permitted) => {
      spend(workOf(permitted));
      return compile(permitted);
    },
    canShare: (one, other) => canShare(one, other, spend),
  };
}

/** Counts the units of one compilation. Each pair is written, and rules of one action are compared with each other. */
function workOf(permitted: readonly Permitted[]): number {
  const counts = new Map<string, number>();
  let denies = 0;
  for (const { pair, conditions, denies: own } of permitted) {
    counts.set(pair.action, (counts.get(pair.action) ?? 0) + conditions.length);
    denies += own.reduce((sum, { resources }) => sum + resources.length, 0);
  }
  return [...counts.values()].reduce(
    (sum, count) => sum + count ** 2,
    PAIR_WORK * permitted.length + DENY_WORK * denies,
  );
}

const TOO_MUCH =
  "Dividing the request into AWS sessions takes more work than a request may: ask for fewer resources, write those with the same conditions into one detail, or split the request over several tasks.";
