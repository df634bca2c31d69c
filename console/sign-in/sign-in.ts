import type { ConsoleSettings, SignInSettings } from "../settings.ts";
import { batch, heldVote, isLeaving, requestedAct, session, signedOut, signInFault, tried } from "../state.ts";
import { readingUrl, voteUrl } from "./authorization-url.ts";
import { discover, redeem } from "./issuer.ts";
import { faultInWords, fresh, leave, redirectUri } from "./leave.ts";
import {
  type AnswerFault,
  acceptAnswer,
  type HeldVote,
  keepPending,
  type PendingVote,
  recordOf,
  takePending,
} from "./pending.ts";
import { sessionFrom, voteFrom } from "./read-tokens.ts";
import { finishTrial } from "./trial.ts";

/** Fault of an answer to a sign-in that this tab did not begin, or has finished: what Back in the browser leads to. */
export const NOT_BEGUN = "This tab has begun no sign-in, or has finished it. Sign in here.";

const FAULTS: Readonly<Record<AnswerFault, string>> = {
  not_begun: NOT_BEGUN,
  other_state: "The answer belongs to another sign-in than this tab's last one. Sign in again.",
  other_issuer: "The answer came from another issuer than the one you were sent to. Sign in again.",
  too_late: "The sign-in took longer than 15 minutes. Sign in again.",
  refused: "The issuer ended the sign-in.",
  no_code: "The issuer's answer was empty. Sign in again.",
};

/** Leaves for a sign-in that lets the person read. After a sign-out, the issuer asks who signs in. @param to page that follows. */
export async function signIn(issuer: SignInSettings, to: string, held?: HeldVote): Promise<void> {
  await leave(async () => {
    const { authorization } = await discover(issuer);
    const pending = { kind: "read", ...fresh(issuer, to), ...(held ? { held } : {}) } as const;
    keepPending(sessionStorage, pending);
    return readingUrl(authorization, issuer, pending, redirectUri(), signedOut.peek() !== undefined);
  });
}

/**
 * Leaves for a sign-in that is a vote.
 * @param hashes hashes that the page computed from the records on the screen, by the approvals' ids.
 * @param nonce nonce over these hashes.
 */
export async function signVote(
  issuer: SignInSettings,
  vote: Pick<PendingVote, "hashes" | "nonce" | "to" | "act" | "record"> & { readonly acr: readonly string[] },
): Promise<void> {
  await leave(async () => {
    const { authorization } = await discover(issuer);
    const { hashes, nonce, to, act, record, acr } = vote;
    const signed = { hashes, ...(act ? { act } : {}), ...(record ? { record } : {}) };
    const pending = { kind: "vote", ...fresh(issuer, to), nonce, ...signed } as const;
    keepPending(sessionStorage, pending);
    return voteUrl(authorization, issuer.approvals?.client_id ?? "", pending, redirectUri(), acr);
  });
}

/**
 * Finishes the sign-in whose answer is in this document's address.
 * @param query query of the callback's address, which has left the address bar already.
 * @returns page to show; undefined where the browser leaves for the next sign-in.
 */
export async function finishSignIn(query: URLSearchParams, settings: ConsoleSettings): Promise<string | undefined> {
  const pending = takePending(sessionStorage);
  requestedAct.value = recordOf(pending)?.act;
  const issuer = settings.issuers.find(({ name }) => name === pending?.issuer);
  if (pending?.kind === "end") {
    if (query.get("state") === pending.state) signedOut.value = "there";
    return pending.to;
  }
  try {
    const endpoints = issuer && (await discover(issuer));
    const known = issuer && endpoints ? { url: issuer.url, namesItself: endpoints.namesItself } : undefined;
    const answer = acceptAnswer(query, pending, known, Date.now());
    if ("fault" in answer || !issuer || !endpoints) {
      const { fault, says } = "fault" in answer ? answer : { fault: "not_begun" as const, says: undefined };
      signInFault.value = [FAULTS[fault], says ? `The issuer’s error: ${says.slice(0, 64)}.` : ""].join(" ").trim();
      return pending?.to ?? "/";
    }
    const { code, pending: began } = answer;
    if (began.kind === "trial") {
      tried.value = await finishTrial(code, began, issuer, endpoints);
      return began.to;
    }
    if (began.kind === "vote") {
      const { issuer: name, verifier, hashes, act, record, to } = began;
      const signed = { hashes, ...(act ? { act } : {}), ...(record ? { record } : {}) };
      await signIn(issuer, to, { issuer: name, code, verifier, ...signed });
      return isLeaving.peek() ? undefined : to;
    }
    const tokens = await redeem(
      { name: issuer.name, client: issuer.client_id, token: endpoints.token },
      { code, verifier: began.verifier, redirectUri: redirectUri() },
      issuer.parameters.resource,
    );
    const signedIn = sessionFrom(tokens, { audience: settings.audience, nonce: began.nonce, issuer: issuer.name });
    if (typeof signedIn === "string") signInFault.value = signedIn;
    else {
      session.value = signedIn;
      signedOut.value = undefined;
      heldVote.value = began.held;
      const together = Object.keys(began.held?.hashes ?? {});
      batch.value = together.length > 1 ? together : [];
    }
    return began.to;
  } catch (error) {
    signInFault.value = faultInWords(error);
    return pending?.to ?? "/";
  }
}

/** Part of a decision's body that carries the vote. */
export type VoteBody =
  | { readonly vote: string }
  | { readonly code: string; readonly code_verifier: string; readonly redirect_uri: string };

/**
 * Converts a held code to the body of a post: the ID token, or the code where the hub redeems it.
 * @param nonce nonce that this page computed from the records that it shows now.
 * @returns the body, or a sentence where nothing may be posted.
 */
export async function voteBody(held: HeldVote, nonce: string, settings: ConsoleSettings): Promise<VoteBody | string> {
  const issuer = settings.issuers.find(({ name }) => name === held.issuer);
  if (!issuer?.approvals) return "Nobody approves by this issuer any more.";
  if (issuer.approvals.token_exchange === "hub")
    return { code: held.code, code_verifier: held.verifier, redirect_uri: redirectUri() };
  try {
    const { token } = await discover(issuer);
    const client = issuer.approvals.client_id;
    const tokens = await redeem(
      { name: issuer.name, client, token },
      { code: held.code, verifier: held.verifier, redirectUri: redirectUri() },
    );
    const vote = voteFrom(tokens, { url: issuer.url, client, nonce });
    return typeof vote === "string" ? vote : { vote: vote.token };
  } catch (error) {
    return `${faultInWords(error)} Nothing was recorded; approve again.`;
  }
}
