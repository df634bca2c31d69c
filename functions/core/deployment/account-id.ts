import { ACCOUNT_ID } from "../../../contract/names.ts";

/** Id of an AWS account: 12 ASCII digits. Only this file makes one of a text from outside. */
export type AccountId = string & { readonly __brand: "AccountId" };

/** True for an account's id in its one spelling. Nothing is folded or trimmed. */
export const isAccountId = (value: unknown): value is AccountId => typeof value === "string" && ACCOUNT_ID.test(value);

/**
 * Returns an account's id that the caller knows to be one. @throws {TypeError} for any other text.
 * @example accountId("111122223333")
 */
export function accountId(text: string): AccountId {
  if (!isAccountId(text)) throw new TypeError("an account's id has 12 digits");
  return text;
}
