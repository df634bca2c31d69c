import { type Account, accountOf } from "../deployment/deployment.ts";
import type { Pair } from "../intent/pairs.ts";
import type { Verdict } from "../policy/decide.ts";
import type { Denial } from "../refusal.ts";
import { standingOf } from "./ceiling.ts";

/** Denies what policy permits and the account's ceiling lets no task do: AWS would refuse the call, whatever the session policy. */
export function underCeiling(verdict: Verdict, accounts: readonly Account[]): Verdict {
  const denial = "permitted" in verdict ? denialOf(verdict.permitted.pair, accounts) : undefined;
  return denial ? { denied: { denial, narrower: [] } } : verdict;
}

function denialOf(pair: Pair, accounts: readonly Account[]): Denial | undefined {
  if (pair.kind !== "resource" && pair.kind !== "account") return undefined;
  const { action, target } = pair;
  const standing = standingOf(action, accountOf({ accounts }, pair.account) ?? {});
  switch (standing) {
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
