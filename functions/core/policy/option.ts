import { EVERY_OBLIGATION, type Obligations } from "./obligations.ts";
import type { TagConditions } from "./tag-conditions.ts";

/** A permit that covers a pair, with its conditions on the resources' tags. */
export interface Option {
  readonly policy: string;
  /** Alternative conditions. One of them must hold. */
  readonly conditions: readonly TagConditions[];
}

interface Weighed extends Option {
  readonly obligations: Obligations;
}

/** Demands of a permit, the heaviest first: approvals by people, conditions on tags, then the other obligations. */
const DEMANDS: readonly ((option: Weighed) => number)[] = [
  ...demandsOf(true),
  ({ conditions }) => Math.max(...conditions.map((each) => Object.keys(each).length)),
  ...demandsOf(false),
];

function demandsOf(ofPeople: boolean): readonly ((option: Weighed) => number)[] {
  return EVERY_OBLIGATION.filter(({ needsPerson }) => needsPerson === ofPeople).map(
    ({ demand }) =>
      ({ obligations }) =>
        demand(obligations),
  );
}

/**
 * Returns the least demanding permit. Preferred, in this order: no approval, no conditions, no bound address, the
 * longest life. One permit decides a pair and all of its obligations apply; obligations of several permits are never
 * mixed.
 */
export const leastDemanding = <T extends Weighed>(options: readonly T[]): T | undefined =>
  options.toSorted((a, b) => {
    const [difference] = DEMANDS.map((demand) => demand(a) - demand(b)).filter((each) => each !== 0);
    return difference ?? (a.policy < b.policy ? -1 : 1);
  })[0];
