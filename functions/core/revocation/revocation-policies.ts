import type { RoleRef } from "./role-ref.ts";

export interface RevocationPolicies {
  /** The policy's text as it stands, or nothing. */
  read(role: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }>;
  /**
   * @param text the whole policy; without one it is taken away. @param untilMs it lands by then, or never; epoch milliseconds.
   * @returns `may land again` where it stands and was sent before with an outcome that nobody knows: nothing else may be written until then.
   * @throws {UnknownOutcome} where it may land until then, or not.
   */
  write(role: RoleRef, text: string | undefined, untilMs: number): Promise<"done" | "may land again">;
}
