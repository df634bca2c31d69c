import type { Obligations } from "./obligations.ts";
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

/** What a permit demands, the weightiest first. */
const DEMANDS: readonly ((option: Weighed) => number)[] = [
  ({ obligations }) => (obligations.approval === undefined ? 0 : 1),
  ({ conditions }) => Math.max(...conditions.map((each) => Object.keys(each).length)),
  ({ obligations }) => (obligations.bindIp ? 1 : 0),
  ({ obligations }) => (obligations.rotateAfterUse ? 1 : 0),
  ({ obligations }) => -(obligations.maxTtlSeconds ?? Number.MAX_SAFE_INTEGER),
];

/**
 * The least demanding of the permits: no approval before an approval, no condition before one, no bound address, the longest life.
 * One permit decides a pair and all of its obligations count; they are never mixed.
 */
export const leastDemanding = <T extends Weighed>(options: readonly T[]): T | undefined =>
  options.toSorted((a, b) => {
    const [difference] = DEMANDS.map((demand) => demand(a) - demand(b)).filter((each) => each !== 0);
    return difference ?? (a.policy < b.policy ? -1 : 1);
  })[0];
