import type { Person } from "./person.ts";

/** Sign-in by which a person voted. One sign-in is one vote, one batch of votes, which have the same nonce, or one act of an operator. */
export interface SignIn {
  readonly person: Person;
  /** `signedInAt` of the vote; epoch seconds. */
  readonly signedInAt: number;
  readonly nonce: string;
  /** ID token that proves it, where it is recorded with the sign-in: an act's. A vote's is recorded with the vote. */
  readonly token?: string;
}
