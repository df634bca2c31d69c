import { PROOFS, proofKey } from "../../functions/core/archive/archive-keys.ts";
import { type ArchivedEvent, sha256Of } from "../../functions/core/archive/entry.ts";
import { ISSUER_KEY } from "../../functions/core/archive/issuer-key.ts";
import { atOnce } from "../../functions/core/at-once.ts";
import type { Facts } from "../../functions/core/journal/event.ts";
import { type ArchiveSource, READ_AT_ONCE } from "./archive-source.ts";
import { nameOf } from "./event-name.ts";
import { type LogFault, tampered } from "./log-fault.ts";
import { type Signature, SKEW_SECONDS, signaturesIn } from "./signatures.ts";
import { claimsBy } from "./signed-token.ts";
import { plainOf } from "./text-of.ts";

/**
 * Result for one signature of a person. `verified`: by a key that the archive got from the person's issuer, or that the
 * caller named. `key not attested`: by a key that the signature's own event names, and nobody else. `unused`: no use of an approval names the vote, so the log has no key for it.
 * `not readable`: this copy of the archive holds no proofs, or a proof could not be opened.
 */
export type Verdict = "verified" | "key not attested" | "unused" | "proof erased" | "not readable" | "does not verify";

/** Signature of a person, verified again. */
export interface CheckedVote {
  /** Journal and number of the event that names the signature. */
  readonly event: string;
  readonly type: string;
  readonly by: string;
  /** SHA-256 of the token, base64url. */
  readonly vote: string;
  readonly verdict: Verdict;
  /** Reason where the signature does not verify. */
  readonly why?: string;
}

/**
 * Verifies the tokens that people signed: votes, reviews and operators' acts.
 * @param named keys of issuers that the caller trusts, with the issuers' configuration; without them, the keys that the
 * archive recorded.
 */
export async function verifyVotes(
  events: readonly ArchivedEvent[],
  source: ArchiveSource,
  named?: readonly Facts[],
): Promise<readonly CheckedVote[]> {
  const attested = named ?? events.flatMap(({ type, facts }) => (type === ISSUER_KEY ? [facts] : []));
  const signatures = await signaturesIn(events);
  const hasProofs = signatures.length > 0 && (await source.list(PROOFS)).length > 0;
  return atOnce(READ_AT_ONCE, signatures, async (signature): Promise<CheckedVote> => {
    const { event, token: vote, by } = signature;
    const found = await checked(signature, source, hasProofs, attested);
    const named = { event: nameOf(event), type: event.type, by, vote };
    return typeof found === "string"
      ? { ...named, verdict: found }
      : { ...named, verdict: "does not verify", ...found };
  });
}

/** Faults of the log for signatures that do not verify. */
export const voteFaults = (votes: readonly CheckedVote[]): readonly LogFault[] =>
  votes.flatMap(({ event, verdict, why }) =>
    verdict === "does not verify" ? [tampered(event, `its vote does not verify: ${why}`)] : [],
  );

async function checked(
  signature: Signature,
  source: ArchiveSource,
  hasProofs: boolean,
  attested: readonly Facts[],
): Promise<Exclude<Verdict, "does not verify"> | { readonly why: string }> {
  if (signature.isOthersConsent)
    return { why: "it is counted as a consent of the person the task is for, who is another" };
  if (signature.nonce === undefined) return { why: "the log does not hold what was signed" };
  const body = await source.read(proofKey(signature.token)).catch(() => "closed" as const);
  if (body === "closed") return "not readable";
  if (!body) return hasProofs ? "proof erased" : "not readable";
  if (sha256Of(body) !== signature.token) return { why: "the proof is not the token that the log names" };
  const faultsBy = (keys: readonly Facts[]) => keys.map((key) => faultBy(key, body.toString("utf8"), signature));
  if (faultsBy(attested).includes(undefined)) return "verified";
  if (signature.keys.length === 0) return "unused";
  const reasons = faultsBy(signature.keys);
  // An attacker who makes up an event can make up its key as well.
  return reasons.includes(undefined) ? "key not attested" : { why: reasons.find((why) => why !== NO_KEY) ?? NO_KEY };
}

const NO_KEY = "no key that the log recorded signed it";

/** Returns the reason why a token is not the signature, by one key that the journal recorded; undefined where it is. */
function faultBy(key: Facts, token: string, signature: Signature): string | undefined {
  const claims = claimsBy(token, key);
  if (!claims) return NO_KEY;
  const { iss, aud, nonce, iat, auth_time: authTime } = claims;
  if (nonce !== signature.nonce) return "it was signed for something else";
  if (key.iss !== undefined && (iss !== key.iss || aud !== key.aud))
    return "it is of another issuer, or for another client";
  if (typeof key.person === "string" && `${plainOf(key.issuer)}|${plainOf(claims[key.person])}` !== signature.by)
    return "it is another person's";
  const signedInAt = authTime === undefined && key.freshness === "acr" ? iat : authTime;
  if (!isWithin(iat, signature.from - SKEW_SECONDS, signature.until))
    return "it was not signed in the time of the request";
  if (!isWithin(signedInAt, signature.from - SKEW_SECONDS, Number(iat) + SKEW_SECONDS + 1))
    return "the person had not signed in for it";
  if (iat !== (signature.castAt ?? iat) || signedInAt !== (signature.signedInAt ?? signedInAt))
    return "the log has other times";
  return undefined;
}

const isWithin = (value: unknown, from: number, until: number): boolean =>
  typeof value === "number" && value >= from && value < until;
