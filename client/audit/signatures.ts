import { glassNonce, recordHash, reviewNonce, voteNonce } from "../../contract/decision/record-hash.ts";
import { REVIEW_SECONDS } from "../../functions/core/approvals/break-glass.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import type { Fact, Facts, ReadFacts } from "../../functions/core/journal/event.ts";

/** Signature of a person that an event names: a vote, the review of a broken glass, or an operator's act. */
export interface Signature {
  readonly event: ArchivedEvent;
  /** SHA-256 of the token, base64url. */
  readonly token: string;
  /** Person, as `issuer|person`. */
  readonly by: string;
  /** Nonce that the token has to have; undefined where the log does not determine it. */
  readonly nonce: string | undefined;
  /**
   * Keys that the journal recorded for the signature. Empty for a vote that was never used: only `approve` has verified
   * such a vote.
   */
  readonly keys: readonly Facts[];
  /** Start of the time in which the token has to be signed; epoch seconds. */
  readonly from: number;
  /** End of that time; infinite where the log has none. */
  readonly until: number;
  /** True for a wrong consent: another person cast the vote that the log counts as the consent of the task's person. */
  readonly isOthersConsent?: boolean;
  readonly castAt: Fact | undefined;
  readonly signedInAt: Fact | undefined;
}

/**
 * Lists what people signed, each with the nonce, keys and times that the log requires. A vote that was used is in two
 * events, the exchange's and `approve`'s. Both are listed, since either may be forged.
 */
export async function signaturesIn(events: readonly ArchivedEvent[]): Promise<readonly Signature[]> {
  const records = new Map(
    events.filter(({ type }) => type === "approval.asked").map((event) => [idOf(event), event.facts.record]),
  );
  const used = events.filter(({ type }) => type === "approval.used");
  const found = await Promise.all(
    events.map(async (event): Promise<readonly Signature[]> => {
      const { type, facts } = event;
      const record = records.get(idOf(event));
      if (type === "approval.used") return votesOf(event, record);
      if (type === "approval.voted") {
        const uses = used.filter((use) => votesIn(use).includes(facts.vote_sha256 ?? ""));
        const keys = uses.flatMap((use) => fields(use.facts.keys));
        return [await voteOf(event, facts, text(facts.record_sha256), record, keys)];
      }
      if (type === "approval.reviewed" && isFields(facts.use)) return [await reviewOf(event, facts.use, used)];
      return isFields(facts.step_up) ? [actOf(event, facts.step_up)] : [];
    }),
  );
  return found.flat();
}

/** Tolerance between the issuer's clock and the hub's; seconds. A test compares it with `VOTE_SKEW_SECONDS`. */
export const SKEW_SECONDS = 60;
/** Time for which an act's record is good; seconds. A test compares it with that of the functions. */
export const ACT_SECONDS = 300;

/** Lists the votes with which an approval was used, as the exchange has verified them. */
const votesOf = (event: ArchivedEvent, record: Fact | undefined): Promise<readonly Signature[]> => {
  const { voters, approval, keys }: ReadFacts<"approval.used"> = event.facts;
  const { hash, glass = false } = isFields(approval) ? approval : {};
  return Promise.all(
    fields(voters).map((voter) => voteOf(event, { ...voter, glass }, text(hash), record, fields(keys))),
  );
};

async function voteOf(
  event: ArchivedEvent,
  vote: Facts,
  hash: string,
  stored: Fact | undefined,
  keys: readonly Facts[],
): Promise<Signature> {
  const record = isFields(stored) ? stored : undefined;
  // The record in the log has to be the one that the vote names.
  const isRecord = record === undefined || (await recordHash(record)) === hash;
  const hashes = vote.batch_hashes === undefined ? [hash] : items(vote.batch_hashes).map(text);
  const isNamed = isRecord && hash !== "" && hashes.includes(hash);
  const nonce = vote.glass ? glassNonce(hash) : voteNonce(hashes).catch(() => undefined);
  return {
    ...common(event, vote, vote.by),
    isOthersConsent: record !== undefined && items(vote.groups).includes("@person") && personOf(record) !== vote.by,
    nonce: isNamed ? await nonce : undefined,
    keys,
    from: number(record?.created_at, 0),
    until: number(record?.expires_at, Number.POSITIVE_INFINITY),
  };
}

/** Names the person for whom the task of a record acts, as `issuer|person`; undefined for nobody. */
const personOf = ({ person }: Facts): string | undefined =>
  isFields(person) ? `${text(person.issuer)}|${text(person.value)}` : undefined;

async function reviewOf(event: ArchivedEvent, use: Facts, used: readonly ArchivedEvent[]): Promise<Signature> {
  const { facts } = event;
  // The task's journal must have the use that was reviewed: only the exchange writes it there.
  const isUse = used.some(
    ({ of, facts: { approval } }) =>
      isFields(approval) && use.task === of && approval.hash === use.hash && approval.glass === true,
  );
  const at = number(use.usedAt, 0);
  return {
    ...common(event, facts, facts.by),
    nonce: isUse ? await reviewNonce(use) : undefined,
    keys: fields(facts.keys),
    from: at,
    until: at + REVIEW_SECONDS,
  };
}

const actOf = (event: ArchivedEvent, stepUp: Facts): Signature => ({
  ...common(event, stepUp, event.facts.by),
  nonce: text(stepUp.act_sha256),
  keys: fields(stepUp.keys),
  from: number(stepUp.created_at, 0),
  until: number(stepUp.created_at, 0) + ACT_SECONDS,
});

const common = (event: ArchivedEvent, facts: Facts, by: Fact | undefined) => {
  const { vote_sha256: token, cast_at: castAt, signed_in_at: signedInAt } = facts;
  return { event, token: text(token), by: text(by), castAt, signedInAt };
};

/** Hashes of the votes with which an approval was used. */
const votesIn = ({ facts: { voters } }: { readonly facts: ReadFacts<"approval.used"> }): readonly Fact[] =>
  fields(voters).map(({ vote_sha256: vote }) => vote ?? "");
const idOf = ({ facts: { approval } }: { readonly facts: ReadFacts<"approval.used"> }): string =>
  text(isFields(approval) ? approval.id : approval);
const isFields = (fact: Fact | undefined): fact is Facts =>
  typeof fact === "object" && fact !== null && !Array.isArray(fact);
const items = (fact: Fact | undefined): readonly Fact[] => (Array.isArray(fact) ? fact : []);
const fields = (fact: Fact | undefined): readonly Facts[] => items(fact).filter(isFields);
const text = (fact: Fact | undefined): string => (typeof fact === "string" ? fact : "");
const number = (fact: Fact | undefined, otherwise: number): number => (typeof fact === "number" ? fact : otherwise);
