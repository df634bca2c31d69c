import { type WhyNot, whyNotInWords } from "../../contract/decision/why-not-in-words.ts";
import { Refusal } from "../core/refusal.ts";
import type { Examined } from "./examine-approval.ts";

/** Refuses a person by a rule, in words that name who may decide instead. */
export const ineligible = (rule: WhyNot, { needed }: Pick<Examined["record"], "needed">): Refusal =>
  new Refusal("not_eligible", { say: whyNotInWords(rule, needed), why: rule });

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
