import { Refusal } from "../core/refusal.ts";
import type { Examined } from "./examine-approval.ts";
import type { Ineligible } from "./voter-of.ts";

const RULES: Readonly<Record<Ineligible, string>> = {
  no_group: "You are in none of the groups that are asked.",
  not_voted: "You have not approved this request; to stop it, deny it.",
  no_glass: "Policy lets nobody approve this request alone: enough people have to approve it.",
  acted_for_or_shaper:
    "The request acts for you, or you registered or changed the agent within the last seven days: another person has to decide.",
  owner_or_shaper_unknown:
    "The agent's owner, or who registered it, is nobody who is known, and could be you: an operator sets owner to issuer|person.",
  group_full:
    "Your groups have given as many votes as are recorded of one group: the votes of another group are missing. To stop the request, deny it.",
  owner_alone: "You own the agent, and your vote would be the only one: another person has to decide.",
};

export const ineligible = (rule: Ineligible): Refusal => new Refusal("not_eligible", { say: RULES[rule], why: rule });

/**
 * Refuses a decision about a request that is decided, used or over. A standing approval with uses left can still be ended, by a decision against it.
 * @throws {Refusal} already_used, approval_denied, approval_expired, approval_void, task_ended.
 */
export function refuseClosed({ state }: Pick<Examined, "state">, decision: "for" | "against" = "for"): void {
  switch (state) {
    case "standing":
      if (decision === "for") throw new Refusal("already_used");
      return;
    case "pending":
    case "approved":
      return;
    case "used":
      throw new Refusal("already_used");
    case "denied":
      throw new Refusal("approval_denied");
    case "withdrawn":
      throw new Refusal("approval_denied", { say: "An approver withdrew." });
    case "expired":
      throw new Refusal("approval_expired");
    case "cancelled":
      throw new Refusal("task_ended");
    case "void":
      throw new Refusal("approval_void");
  }
}
