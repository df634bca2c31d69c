import type { AccountId } from "../deployment/account-id.ts";
/** Task role of an account. */
export interface RoleRef {
  readonly account: AccountId;
  readonly role: string;
}
