/** Task role of an account. */
export interface RoleRef {
  readonly account: string;
  readonly role: string;
}
