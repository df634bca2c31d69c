import type { ConditionBlock } from "../intent/detail.ts";
import type { AccountPair, Pair, ResourcePair } from "../intent/pairs.ts";
import type { Deny } from "../policy/decide-set.ts";
import { contains, disjoint, globFromIam } from "../policy/glob.ts";
import { weakestWays } from "../policy/weakest-ways.ts";
import type { Denial } from "../refusal.ts";
import { inheritConditions, joinConditions } from "./inherit-conditions.ts";

/** One pair of a parent with the conditions under any of which it holds, and what is taken out of it. */
export interface BoundPair {
  readonly pair: Pair;
  readonly conditions: readonly ConditionBlock[];
  readonly denies: readonly Deny[];
}

/** What a child may do at most, pair by pair. */
export type Bound = readonly BoundPair[];

/**
 * The child's pair with all that it inherits, or a denial that says why it is not within its parent's: I3.
 * It must lie in one pair of the parent, action by action and glob by glob, and takes that pair's conditions. Denies it takes from every pair of
 * the same action: the parent's session denies those whichever of its pairs allows.
 * @param own what the child states: its detail's conditions stand apart from those that policy asks for.
 */
export function contain<T extends BoundPair>(
  own: T,
  stated: ConditionBlock | undefined,
  bound: Bound,
): { readonly contained: T } | { readonly denial: Denial } {
  const covering = bound
    .filter(({ pair }) => covers(pair, own.pair))
    .toSorted((a, b) => countOf(a.conditions) - countOf(b.conditions));
  const { action, target } = own.pair;
  let conflict: string | undefined;
  for (const { conditions } of covering) {
    const ways: ConditionBlock[] = [];
    // Each of the child's ways with each of the parent's: both have to hold.
    for (const way of own.conditions) {
      for (const above of conditions) {
        const inherited = inheritConditions(above, [stated ?? {}, way]);
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

/** Targets of the bound that lie in the pair: what could be asked for instead. */
export const within = (pair: Pair, bound: Bound): readonly string[] => [
  ...new Set(bound.filter((each) => covers(pair, each.pair)).map((each) => each.pair.target)),
];

/**
 * Whether all that the inner pair names is in the outer one. Only the resource part of an ARN holds wildcards, so heads are compared as they are;
 * what is no ARN holds none, and is the same or another.
 */
function covers(outer: Pair, inner: Pair): boolean {
  if (outer.action !== inner.action) return false;
  if (!isOfAws(outer) || !isOfAws(inner)) return outer.kind === inner.kind && outer.target === inner.target;
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

/** Whether the Deny can matter to the target. What is written with `${*}` is not read here, and stays. */
const mayTouch = (resource: string, target: string): boolean =>
  resource.includes("$") || !disjoint(globFromIam(resource), globFromIam(target));

const accountOf = (pair: Pair): string | undefined => (isOfAws(pair) ? pair.account : undefined);

const isOfAws = (pair: Pair): pair is ResourcePair | AccountPair => pair.kind === "resource" || pair.kind === "account";

/** How much the easiest way asks for. */
const countOf = (ways: readonly ConditionBlock[]): number =>
  Math.min(...ways.map((way) => Object.values(way).reduce((count, keys) => count + Object.keys(keys).length, 0)));

const OUTSIDE = { reason: "It is not within what the task above was granted, or what its delegation allows." } as const;
const SAME_VALUE = "Leave the condition out, and it is inherited.";

const hintFor = (targets: readonly string[]): { readonly hint: string } => ({
  hint:
    targets.length === 0
      ? "A task below another one can only be given less."
      : `Of this the task above has ${targets.slice(0, 3).join(", ")}: ask for that, or with mode=narrow.`,
});
