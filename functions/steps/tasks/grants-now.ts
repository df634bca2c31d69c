import { canonicalJson } from "../../../contract/canonical-json.ts";
import { isSameHolding } from "../../core/conditions/holding.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { GrantedIntent, Grants, UnapprovedGrants } from "./grants.ts";

/**
 * Compares the conditions of the world on which the grants were decided with those that hold now, strongly read. Call it beside the other reads after
 * the record was written: a condition that was set before this read is seen here, and one that was set after it finds the record. Where conditions
 * differ, Cedar decides again at once. The same grants go on; others are refused.
 * @returns the grants, with the conditions that hold now. Where the conditions differ it is another object, whose sessions are to be proven anew.
 * @throws {Refusal} policy_denied, store_unavailable.
 */
export async function grantsNow<G extends Grants | UnapprovedGrants>(
  grants: G,
  ports: Pick<Ports, "conditions">,
): Promise<G> {
  const decided = [grants, ...grantsAbove(grants)];
  const holding = await ports.conditions.read(decided.map(({ requester }) => requester.agent));
  let current = grants;
  for (const [index, each] of decided.entries()) {
    const now = holding[index];
    if (now && isSameHolding(each.requester.conditions, now)) continue;
    const again = await each.decideAgain();
    if (outcomeOf(again) !== outcomeOf(each)) throw new Refusal("policy_denied", { denials: [CHANGED] });
    if (each === grants) current = { ...grants, requester: again.requester };
  }
  return current;
}

/** Lists the grants of the tasks above, the nearest task's first. */
const grantsAbove = ({ parentScope }: GrantedIntent): readonly Grants[] =>
  parentScope === undefined ? [] : [parentScope.grants, ...grantsAbove(parentScope.grants)];

/** Writes what a decision grants, and on which terms. The session policies follow from it and from the time. */
const outcomeOf = ({ details, aws, connected, terms, policies, outlives, labels }: GrantedIntent): string =>
  canonicalJson({
    details,
    permitted: aws.map(({ permitted }) => permitted),
    connected: connected.map(({ detail }) => detail),
    obligations: terms.obligations,
    inherited: terms.inherited,
    policies,
    outlives,
    labels,
  });

const CHANGED = {
  action: "*",
  target: "*",
  reason: "A condition of the world changed meanwhile, and policy now grants something else.",
  hint: "Ask again: the answer is then that of the present conditions.",
} as const;
