import type { RoleRef } from "./role-ref.ts";

export interface RevocationPolicies {
  /** Reads the text of our policy, if any, and the names of inline policies that are not ours. */
  read(role: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }>;
  /**
   * Writes the policy.
   * @param text the whole policy; without one the policy is deleted.
   * @param untilMs moment by which the write lands or never will; epoch milliseconds.
   * @returns `may land again` where IAM has the text and an earlier write of unknown outcome may still land: nothing else may be written until `untilMs`.
   * @throws {UnknownOutcome} where the write may still land until `untilMs`.
   */
  write(role: RoleRef, text: string | undefined, untilMs: number): Promise<"done" | "may land again">;
}
