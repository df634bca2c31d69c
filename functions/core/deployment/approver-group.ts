/** Group of people who may approve, as `approvers` in `valetkey.json` configures it. */
export interface ApproverGroup {
  /** `[a-z0-9-]{2,32}`; policies name it: `@approval("sre")`. */
  readonly name: string;
  /** Name of a people's issuer. A group belongs to one issuer, so that no other issuer can assert it. */
  readonly issuer: string;
  readonly members: GroupMembers;
  /** Accepted values of the vote's `acr`; absent where any sign-in is accepted. */
  readonly acr?: readonly string[];
  /** Authentication methods (RFC 8176), all of which the vote's `amr` must list. */
  readonly amr?: readonly string[];
  /** Lifetime of a request for approval; seconds. */
  readonly timeoutSeconds: number;
  /** Seconds from the last vote within which the approval must be used. */
  readonly useWithinSeconds: number;
  /** Names of the channels that are notified. */
  readonly notify: readonly string[];
}

/** Members of a group: people whose token has the value in a claim, or a fixed list where the issuer has no groups. */
export type GroupMembers =
  | { readonly claim: string; readonly value: string }
  /** Values of the issuer's person claim. */
  | { readonly persons: readonly string[] };
