import type { DefinedCondition } from "../../core/conditions/defined-condition.ts";
import { type Holding, holdingIn } from "../../core/conditions/holding.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import type { Verdict } from "../../core/policy/decide.ts";
import type { DeniedPair } from "./other-places.ts";

/** Upper bound on the pairs of one denial that are decided again for a hint. */
const MOST_PAIRS = 12;

/** World in which a request was decided, and is decided again. */
interface World {
  readonly holding: Holding;
  /** Conditions that the deployment defines. */
  readonly defined: readonly Pick<DefinedCondition, "name" | "kind">[];
  /** Decides a pair as the request was decided, by other conditions. */
  readonly decide: (pair: Pair, conditions: Holding) => Verdict;
}

/**
 * Adds a hint to each denied pair that policy would permit if nothing restricted that holds now. Otherwise an agent takes a freeze for a rule that stays.
 */
export function nameConditions(
  denied: readonly DeniedPair[],
  { holding, defined, decide }: World,
): readonly DeniedPair[] {
  const restricting = new Set(defined.flatMap(({ name, kind }) => (kind === "restricts" ? [name] : [])));
  let left = MOST_PAIRS;
  return denied.map((each) => {
    const { pair, denial } = each;
    const names = holdingIn(holding, "account" in pair ? pair.account : undefined);
    const [permits, restricts] = [
      names.filter((name) => !restricting.has(name)),
      names.filter((name) => restricting.has(name)),
    ];
    if (restricts.length === 0 || left === 0) return each;
    left -= 1;
    const isPermittedIn = (some: readonly string[]) =>
      "permitted" in decide(pair, { everywhere: [...permits, ...some], accounts: {} });
    if (!isPermittedIn([])) return each;
    const alone = restricts.filter((name) => !isPermittedIn([name]));
    const named = alone.length > 0 ? alone : restricts;
    const hint = `Policy permits it again once ${named.join(" and ")} no longer ${named.length === 1 ? "holds" : "hold"}.`;
    return { pair, denial: { ...denial, hint }, hasHint: true };
  });
}
