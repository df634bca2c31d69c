import type { Person } from "./person.ts";

/**
 * Sign-in by which a person voted. One sign-in is one vote, one batch of votes with the same nonce, one act of an
 * operator, or one review.
 */
export interface SignIn {
  readonly person: Person;
  /** `signedInAt` of the vote; epoch seconds. */
  readonly signedInAt: number;
  readonly nonce: string;
  /** ID token that proves the sign-in; only for an act or a review. A vote's token is recorded with the vote. */
  readonly token?: string;
}
