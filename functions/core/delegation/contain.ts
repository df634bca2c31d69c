import type { Denial } from "../../../contract/refusals.ts";
import type { ConditionBlock } from "../intent/detail.ts";
import type { AccountPair, Pair, ResourcePair } from "../intent/pairs.ts";
import type { Deny } from "../policy/decide-set.ts";
import { weakestWays } from "../policy/weakest-ways.ts";
import { contains, disjoint, globFromIam } from "../text/glob.ts";
import { inheritConditions, joinConditions } from "./inherit-conditions.ts";

/** Pair of a parent, with its Denies and with alternative conditions, of which one must hold. */
export interface BoundPair {
  readonly pair: Pair;
  readonly conditions: readonly ConditionBlock[];
  readonly denies: readonly Deny[];
}

/** Upper bound on a child's rights, pair by pair. */
export type Bound = readonly BoundPair[];

/**
 * Returns the child's pair with everything that it inherits; a denial where it exceeds its parent's rights (I3).
 * The pair must lie within one pair of the parent, action by action and glob by glob. The child inherits that pair's
 * conditions. The child also inherits the Denies of all the parent's pairs with the same action: the parent's session
 * applies them whichever pair allows.
 * @param own the child's pair, with the conditions that policy demands beside those of the child's intent.
 */
export function contain<T extends BoundPair>(
  own: T,
  bound: Bound,
): { readonly contained: T } | { readonly denial: Denial } {
  const covering = bound
    .filter(({ pair }) => covers(pair, own.pair))
    .toSorted((a, b) => countOf(a.conditions) - countOf(b.conditions));
  const { action, target } = own.pair;
  let conflict: string | undefined;
  for (const { conditions } of covering) {
    const ways: ConditionBlock[] = [];
    // Combines each of the child's alternatives with each of the parent's: both must hold.
    for (const way of own.conditions) {
      for (const above of conditions) {
        const inherited = inheritConditions(above, [own.pair.stated ?? {}, way]);
        if ("added" in inherited) ways.push(joinConditions(way, inherited.added));
        else conflict ??= inherited.conflict;
      }
    }
    if (ways.length > 0) {
      const denies = [...own.denies, ...deniesOf(bound, own.pair)];
      return { contained: { ...own, conditions: weakestWays(ways), denies } };
    }
  }
  return {
    denial:
      conflict === undefined
        ? { action, target, ...OUTSIDE, ...hintFor(within(own.pair, bound)) }
        : {
            action,
            target,
            reason: `The task above has another value for the condition ${conflict}.`,
            hint: SAME_VALUE,
          },
  };
}

/** Lists the bound's targets within a pair, which could be requested instead. */
export const within = (pair: Pair, bound: Bound): readonly string[] => [
  ...new Set(bound.filter((each) => covers(pair, each.pair)).map((each) => each.pair.target)),
];

/**
 * True where the outer pair contains the inner one. Only the resource part of an ARN has wildcards, so heads are
 * compared literally. Targets that are not ARNs have none, and must be equal.
 */
function covers(outer: Pair, inner: Pair): boolean {
  if (outer.action !== inner.action) return false;
  // A call without a resource is not a call on all resources.
  if (outer.kind !== inner.kind) return false;
  if (!isOfAws(outer) || !isOfAws(inner)) return outer.target === inner.target;
  return outer.account === inner.account && contains(globFromIam(outer.target), globFromIam(inner.target));
}

const deniesOf = (bound: Bound, pair: Pair): readonly Deny[] =>
  bound
    .filter((each) => each.pair.action === pair.action && accountOf(each.pair) === accountOf(pair))
    .flatMap(({ denies }) => denies)
    .map(({ resources, conditions }) => ({
      resources: resources.filter((resource) => mayTouch(resource, pair.target)),
      conditions,
    }))
    .filter(({ resources }) => resources.length > 0);

/** True where a Deny may touch the target. Texts with `${*}` are not parsed here and count as touching. */
const mayTouch = (resource: string, target: string): boolean =>
  resource.includes("$") || !disjoint(globFromIam(resource), globFromIam(target));

const accountOf = (pair: Pair): string | undefined => (isOfAws(pair) ? pair.account : undefined);

const isOfAws = (pair: Pair): pair is ResourcePair | AccountPair => pair.kind === "resource" || pair.kind === "account";

/** Counts the conditions of the easiest alternative. */
const countOf = (ways: readonly ConditionBlock[]): number =>
  Math.min(...ways.map((way) => Object.values(way).reduce((count, keys) => count + Object.keys(keys).length, 0)));

const OUTSIDE = { reason: "It is not within what the task above was granted, or what its delegation allows." } as const;
const SAME_VALUE = "Leave the condition out, and it is inherited.";

const hintFor = (targets: readonly string[]): { readonly hint: string } => ({
  hint:
    targets.length === 0
      ? "A task can only be granted what the task above it has."
      : `The task above has ${targets.slice(0, 3).join(", ")} of this: request that, or use mode=narrow.`,
});
