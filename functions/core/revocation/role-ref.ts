/** The roles whose revocation policy has to be rendered anew. */
export interface RoleRef {
  readonly account: string;
  readonly role: string;
}
