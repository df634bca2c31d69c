import type { RoleRef } from "./role-ref.ts";

export interface RevocationPolicies {
  /** Reads the text of valetkey's own policy, if any, and the names of the other inline policies. */
  read(role: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }>;
  /**
   * Writes the policy.
   * @param text complete policy; without one the policy is deleted.
   * @param untilMs moment until which the write may take effect; epoch milliseconds.
   * @returns `may land again` where IAM has the text, but an earlier write of unknown outcome may still take effect.
   * Nothing else may then be written until `untilMs`.
   * @throws {UnknownOutcome} where the write may still take effect until `untilMs`.
   */
  write(role: RoleRef, text: string | undefined, untilMs: number): Promise<"done" | "may land again">;
}
