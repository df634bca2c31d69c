import type { Obligations } from "./obligations.ts";
import type { TagConditions } from "./tag-conditions.ts";

/** One permit that would do for a pair, and what it asks of the resources' tags. */
export interface Option {
  readonly policy: string;
  readonly conditions: TagConditions;
}

/**
 * The least demanding of the permits: no approval before an approval, no condition before one, the longest life, no bound address.
 * One permit decides a pair and all of its obligations count; they are never mixed.
 */
export function leastDemanding(
  options: readonly Option[],
  obligationsOf: (policy: string) => Obligations,
): Option | undefined {
  const weigh = ({ policy, conditions }: Option): readonly (number | string)[] => {
    const { approval, maxTtlSeconds, bindIp, rotateAfterUse } = obligationsOf(policy);
    return [
      approval === undefined ? 0 : 1,
      Object.keys(conditions).length,
      bindIp ? 1 : 0,
      rotateAfterUse ? 1 : 0,
      -(maxTtlSeconds ?? Number.MAX_SAFE_INTEGER),
      policy,
    ];
  };
  return options.toSorted((a, b) => compare(weigh(a), weigh(b)))[0];
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
}
