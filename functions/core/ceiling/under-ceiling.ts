import type { Denial } from "../../../contract/refusals.ts";
import { type Account, accountOf } from "../deployment/deployment.ts";
import type { Pair } from "../intent/pairs.ts";
import type { Verdict } from "../policy/decide.ts";
import { ceilingPlaceOf } from "./ceiling.ts";
import { exceptionFor, exceptionsOf } from "./exceptions.ts";

/**
 * Denies a permitted pair that the account's ceiling lets no task do. AWS would refuse the call, whatever the session
 * policy.
 */
export function underCeiling(verdict: Verdict, accounts: readonly Account[]): Verdict {
  const denial = "permitted" in verdict ? denialOf(verdict.permitted.pair, accounts) : undefined;
  return denial ? { denied: { denial, narrower: [] } } : verdict;
}

function denialOf(pair: Pair, accounts: readonly Account[]): Denial | undefined {
  if (pair.kind !== "resource" && pair.kind !== "account") return undefined;
  const { action, target } = pair;
  const account: Pick<Account, "ceiling" | "exceptions"> = accountOf({ accounts }, pair.account) ?? {};
  if (exceptionFor(action, target, account.exceptions)) return undefined;
  const named = exceptionsOf(account.exceptions).filter((each) => each.action === action);
  if (named.length > 0)
    return {
      action,
      target,
      reason: `The account ${pair.account} lets tasks do this on named resources only, and this is none of them.`,
      hint: `Ask for one of ${named
        .flatMap(({ resources }) => resources)
        .slice(0, 3)
        .join(", ")}, in full.`,
    };
  switch (ceilingPlaceOf(action, account)) {
    case "within":
      return undefined;
    case "beyond_ceiling":
      return {
        action,
        target,
        reason: `The account ${pair.account} lets no task do this.`,
        hint: "Ask only for what the task needs; if it needs this, ask the platform team to add it to the account's ceiling in valetkey.json.",
      };
    case "never_anywhere":
      return {
        action,
        target,
        reason: "No account lets a task do this: its effect would outlive the task.",
        hint: "docs/policies.md says what to do instead.",
      };
  }
}
