import { signal } from "@preact/signals";
import type { OperatorAct } from "../contract/decision/act-in-words.ts";
import type { HeldVote, Tried } from "./sign-in/pending.ts";
import type { Session } from "./sign-in/read-tokens.ts";

/** Signed-in person; in memory only, so a reload signs in again. */
export const session = signal<Session | undefined>(undefined);

/** Path of the page that is shown. */
export const path = signal("/");

/** Vote that came back with its sign-in, until its page has sent it. */
export const heldVote = signal<HeldVote | undefined>(undefined);

/** Sign-in that was tried on this document; in memory only. */
export const tried = signal<Tried | undefined>(undefined);

/** Sentence about a sign-in that failed. */
export const signInFault = signal<string | undefined>(undefined);

/** Act that the page's link requests of an operator. The page reads it from its address once. */
export const requestedAct = signal<OperatorAct | undefined>(undefined);

/** Place where the person has signed out: only on this page, or at the issuer, too. The page then begins no sign-in by itself. */
export const signedOut = signal<"here" | "there" | undefined>(undefined);

/** True while the browser leaves for an issuer. */
export const isLeaving = signal(false);

/** True while the API does not answer. */
export const isOffline = signal(false);

/** Milliseconds to add to this machine's clock. */
export const clockAheadMs = signal(0);

/** Current time by the API's clock; epoch milliseconds. */
export const nowMs = (): number => Date.now() + clockAheadMs.peek();

/** True once the person has gone to a page of this document. */
export const hasMoved = signal(false);

/** Goes to another page of the console, without loading the document again. */
export function goTo(to: string): void {
  hasMoved.value = true;
  history.pushState(null, "", to);
  batch.value = [];
  path.value = to;
  scrollTo(0, 0);
}

/** Forgets the person and everything that they were about to send. */
export function forget(): void {
  signedOut.value = "here";
  session.value = undefined;
  heldVote.value = undefined;
  tried.value = undefined;
  requestedAct.value = undefined;
  signInFault.value = undefined;
  goTo("/");
}

/** Ids of the requests that are decided together; empty while one is decided by itself. */
export const batch = signal<readonly string[]>([]);
