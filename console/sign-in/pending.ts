import type { ActRecord } from "../../functions/core/approvals/act-record.ts";

/**
 * Pending sign-in, which waits in `sessionStorage` for the redirect's answer, one at a time in a tab. Contains no token. A reader would get the verifier of
 * a code, and would need the code too. Only a script of this origin can read it, and such a script could do everything that the page can.
 */
export type Pending = PendingSignIn | PendingEnd;

export type PendingSignIn = PendingRead | PendingVote | PendingTrial;

interface Common {
  /** 256 random bits. The page accepts only an answer that returns them. */
  readonly state: string;
  /** PKCE verifier. */
  readonly verifier: string;
  /** Name of the issuer in the settings. */
  readonly issuer: string;
  /** `nonce` of the request. */
  readonly nonce: string;
  /** Page that follows. */
  readonly to: string;
  /** Time of the redirect; epoch milliseconds. */
  readonly at: number;
}

/** Sign-in that lets the person read. */
export interface PendingRead extends Common {
  readonly kind: "read";
  /** Vote that waits for this sign-in, since the page's memory does not survive the redirect of the vote. */
  readonly held?: HeldVote;
}

/** Act of a vote that is no ordinary approval. */
export type VoteAct = "break_glass" | "review";

/** Sign-in whose ID token is a vote. */
export interface PendingVote extends Common {
  readonly kind: "vote";
  readonly act?: VoteAct;
  /** Hashes of the records that were on the screen, by the approvals' ids. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Record of an operator's act, where the vote is for one. */
  readonly record?: ActRecord;
}

/** Trial of a sign-in, which votes for nothing. */
export interface PendingTrial extends Common {
  readonly kind: "trial";
}

/** End of the session at the issuer, from which the person comes back signed out. */
export interface PendingEnd extends Common {
  readonly kind: "end";
}

/** Answer of a vote's sign-in, with its unredeemed code. */
export interface HeldVote {
  readonly issuer: string;
  readonly act?: VoteAct;
  readonly code: string;
  readonly verifier: string;
  readonly hashes: Readonly<Record<string, string>>;
  /** Record of an operator's act, where the vote is for one. */
  readonly record?: ActRecord;
}

/** Returns the record of the act that a pending sign-in votes for, or carries along. */
export const recordOf = (pending: Pending | undefined): ActRecord | undefined => {
  if (pending?.kind === "vote") return pending.record;
  return pending?.kind === "read" ? pending.held?.record : undefined;
};

/**
 * Result of a tried sign-in of approvers, as `valetkey doctor --sign-in` reads it. Approves nothing, since its nonce is random and no record's hash.
 * Times are epoch seconds.
 */
export type Tried = {
  readonly issuer: string;
  readonly begun_at: number;
  readonly nonce: string;
} & (
  | { readonly id_token: string }
  | { readonly code: string; readonly code_verifier: string; readonly redirect_uri: string }
  | { readonly fault: string }
);

/** Writes the result of a trial in lines of 76 characters, since terminals cut off longer ones. */
export const linesOf = (tried: Tried): string => JSON.stringify(tried).replace(/.{76}/g, "$&\n");

const KEY = "valetkey.sign-in";
/** Longest time at the issuer; milliseconds. */
const PATIENCE_MS = 15 * 60_000;

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export const keepPending = (store: Store, pending: Pending): void => store.setItem(KEY, JSON.stringify(pending));

/** Removes the pending sign-in from the store and returns it, so that no answer is accepted twice. */
export function takePending(store: Store): Pending | undefined {
  const text = store.getItem(KEY);
  store.removeItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as Pending);
}

/** Reason why an answer is not accepted. */
export type AnswerFault = "not_begun" | "other_state" | "other_issuer" | "too_late" | "refused" | "no_code";

/** Answer of an issuer at `/callback`. */
export interface Answer {
  readonly code: string;
  readonly pending: PendingSignIn;
}

/**
 * Accepts only the answer of a sign-in that this tab began (RFC 6749, section 10.12; RFC 9207).
 * @param query query of the callback's address.
 * @param issuer finds the pending sign-in's issuer: its `iss`, and whether it always names itself in its answers.
 */
export function acceptAnswer(
  query: URLSearchParams,
  pending: PendingSignIn | undefined,
  issuer: { readonly url: string; readonly namesItself: boolean } | undefined,
  nowMs: number,
): Answer | { readonly fault: AnswerFault; readonly says?: string } {
  if (!pending || !issuer) return { fault: "not_begun" };
  if (single(query, "state") !== pending.state) return { fault: "other_state" };
  const iss = single(query, "iss");
  if (iss === undefined ? issuer.namesItself || query.has("iss") : iss !== issuer.url) return { fault: "other_issuer" };
  if (nowMs - pending.at > PATIENCE_MS) return { fault: "too_late" };
  const error = single(query, "error");
  if (query.has("error")) return { fault: "refused", says: error ?? "an error" };
  const code = single(query, "code");
  return code ? { code, pending } : { fault: "no_code" };
}

/** Returns the value of a parameter that occurs once; undefined otherwise. */
function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = query.getAll(name);
  return more.length === 0 ? value : undefined;
}
