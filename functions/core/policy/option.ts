import { EVERY_OBLIGATION, type Obligations } from "./obligations.ts";
import type { TagConditions } from "./tag-conditions.ts";

/** One permit that would do for a pair, and what it asks of the resources' tags. */
export interface Option {
  readonly policy: string;
  /** One of them must hold. */
  readonly conditions: readonly TagConditions[];
}

interface Weighed extends Option {
  readonly obligations: Obligations;
}

/** What a permit demands, the weightiest first: a person, then conditions on tags, then the other obligations. */
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
 * The least demanding of the permits: no approval before an approval, no condition before one, no bound address, the longest life.
 * One permit decides a pair and all of its obligations count; they are never mixed.
 */
export const leastDemanding = <T extends Weighed>(options: readonly T[]): T | undefined =>
  options.toSorted((a, b) => {
    const [difference] = DEMANDS.map((demand) => demand(a) - demand(b)).filter((each) => each !== 0);
    return difference ?? (a.policy < b.policy ? -1 : 1);
  })[0];
