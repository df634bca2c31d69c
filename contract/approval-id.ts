import { APPROVAL_ID } from "./names.ts";

/** Id of a request for approval in the form of `APPROVAL_ID`, recorded or not. Only this file makes one of a text. */
export type ApprovalId = string & { readonly __brand: "ApprovalId" };

/** True for an approval's id in its one spelling. Nothing is folded or trimmed. */
export const isApprovalId = (value: unknown): value is ApprovalId =>
  typeof value === "string" && APPROVAL_ID.test(value);

/**
 * Returns an approval's id that the caller knows to be one. @throws {TypeError} for any other text.
 * @example approvalId("0f8fad5bd9cb469fa165708677289501")
 */
export function approvalId(text: string): ApprovalId {
  if (!isApprovalId(text)) throw new TypeError("an approval's id has 16 to 64 of a-z and 0-9");
  return text;
}
