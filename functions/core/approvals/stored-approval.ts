import { isAgentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import type { VotedUse } from "../../../contract/voted-records.ts";
import type { Person } from "../identity/person.ts";
import { type NeededVotes, needsConsent } from "../policy/needed-votes.ts";
import { areStandingTerms } from "../policy/standing-terms.ts";
import { type TaskPath, taskPath } from "../task-path.ts";
import { jsonFields } from "../text/json-fields.ts";
import { type ApprovalRecord, recordText, type VendEffects } from "./approval-record.ts";

/** Everything that the exchange has recorded of an approval: `APPROVAL#id`. */
export interface StoredApproval {
  /** Record that people decide about; absent where it is missing or cannot be read, which makes the approval void. */
  readonly record?: ApprovalRecord;
  /** Uses, the first one first. */
  readonly uses: readonly ApprovalUse[];
  readonly void?: ApprovalVoid;
  /** Review of a broken glass, which the exchange has verified. */
  readonly review?: GlassReview;
}

/** Review of a broken glass by another person. */
export interface GlassReview {
  /** Epoch seconds. */
  readonly at: number;
  /** SHA-256 of the vote's token, base64url. */
  readonly vote: string;
}

/** Use of an approval, sealed by the exchange. Times are epoch seconds. */
export interface ApprovalUse {
  /** Number of the use: 1, or more for a standing approval. */
  readonly n: number;
  readonly task: TaskPath;
  /** Hash of the record. */
  readonly hash: string;
  /** SHA-256 of the votes' tokens, base64url, sorted. */
  readonly votes: readonly string[];
  readonly usedAt: number;
  /** True where one person gave the approval alone, although more votes were needed. */
  readonly glass?: true;
  readonly seal: string;
}

/** Finding that the approved effects are not those of a vend now. */
export interface ApprovalVoid {
  /** Epoch seconds. */
  readonly at: number;
  /** Effects that are not as they were approved. */
  readonly changed: readonly (keyof VendEffects | "record")[];
}

/** Vote as `approve` stored it. The exchange trusts only the token, which it verifies. */
export interface StoredVote {
  /** Voter; one person has one vote on a request. */
  readonly person: Person;
  /** ID token of the person's own issuer. */
  readonly token: string;
  /** Hashes of all the records that the token's nonce covers. */
  readonly hashes: readonly string[];
  /** True where the person gives the approval alone, by a vote with a nonce of its own. */
  readonly glass?: true;
}

/**
 * Person's decision against a request, as `approve` stored it. A decision against a request only withholds, so no
 * signature of the issuer is needed.
 */
export interface StoredOutcome {
  readonly decision: "denied" | "withdrawn";
  readonly by: Person;
  /** Epoch seconds. */
  readonly at: number;
  /** Plain text, at most 500 characters. */
  readonly reason?: string;
  /** Indices of the details that the person rejects. */
  readonly rejected?: readonly number[];
}

/** Announcement of how people decided about a request, for display only. The exchange decides by votes and outcomes. */
export type AnnouncedDecision =
  | (Pick<StoredOutcome, "at" | "by" | "reason"> & {
      readonly decision: StoredOutcome["decision"];
    })
  | ApprovedDecision;

/** Announcement that all votes were given. */
interface ApprovedDecision {
  readonly decision: "approved";
  /** Epoch seconds. */
  readonly at: number;
}

/** Votes on one request, and the decision against it where there is one. */
export interface CastVotes {
  readonly votes: readonly StoredVote[];
  readonly outcome?: StoredOutcome;
}

/**
 * Upper bounds on the votes on one request: votes that `approve` records of one group (or as many as are needed of all
 * groups, where that is more), votes that are read, and characters of one token. Votes of one group thus hide no vote
 * of another group. DynamoDB returns at most 1 MB of votes, which holds the longest ones of three groups.
 */
export const STORED_VOTES = { ofGroup: 16, most: 256, tokenCharacters: 16_384 } as const;

/**
 * Reads a record from its canonical text; undefined for any other text, and for a version or a decision that this code
 * does not know.
 */
export function recordIn(text: unknown, id: ApprovalId): ApprovalRecord | undefined {
  if (typeof text !== "string") return undefined;
  const fields = jsonFields(text);
  return isRecord(fields) && fields.id === id && recordText(fields) === text ? fields : undefined;
}

/** Checks the fields that code relies on. Callers also compare the record's hash, so no other field can differ. */
function isRecord(
  fields: Readonly<Record<string, unknown>>,
): fields is Readonly<Record<string, unknown>> & ApprovalRecord {
  const { hub, nonce, task, agent, purpose, bundle, ttl, grants, accounts, chain } = fields;
  return (
    fields.version === 1 &&
    fields.decision === "vend" &&
    [hub, nonce, task, purpose, bundle].every(isText) &&
    [fields.created_at, fields.expires_at, ttl].every(Number.isSafeInteger) &&
    [grants, fields.authorization_details, accounts].every(Array.isArray) &&
    hasAgent(agent) &&
    Array.isArray(chain) &&
    chain.every(isAgentId) &&
    areNeeded(fields.needed) &&
    (fields.person === undefined ? !needsConsent(fields.needed) : isPerson(fields.person)) &&
    (fields.standing === undefined || isStanding(fields.standing)) &&
    (fields.break_glass === undefined || fields.break_glass === true)
  );
}

/** Reads a stored vote; undefined for an item of another form. */
export function voteIn(fields: Readonly<Record<string, unknown>>): StoredVote | undefined {
  const { issuer, person, token, hashes, glass } = fields;
  if (!isText(issuer) || !isText(person) || !isText(token) || token.length > STORED_VOTES.tokenCharacters)
    return undefined;
  if (!Array.isArray(hashes) || hashes.length === 0 || !hashes.every(isText)) return undefined;
  return { person: { issuer, value: person }, token, hashes, ...(glass === true ? { glass } : {}) };
}

/** Reads a stored outcome. An unreadable item counts as a denial, since somebody stored it. */
export function outcomeIn(fields: Readonly<Record<string, unknown>>): StoredOutcome {
  const { decision, issuer, person, at, reason, rejected } = fields;
  return {
    decision: decision === "withdrawn" ? "withdrawn" : "denied",
    by: { issuer: isText(issuer) ? issuer : "", value: isText(person) ? person : "" },
    at: typeof at === "number" ? at : 0,
    ...(isText(reason) ? { reason } : {}),
    ...(Array.isArray(rejected) ? { rejected: rejected.filter((each) => Number.isSafeInteger(each)) } : {}),
  };
}

/** Reads an announcement. One of another form counts as a decision against the request, as an outcome does. */
export function announcedIn(fields: Readonly<Record<string, unknown>>): AnnouncedDecision {
  const { decision, at } = fields;
  if (decision === "approved" && typeof at === "number") return { decision, at };
  const { decision: against, by, at: since, reason } = outcomeIn(fields);
  return { decision: against, by, at: since, ...(reason === undefined ? {} : { reason }) };
}

/** Reads a use; undefined for an item of another form. The caller must verify the use's seal. */
export function useIn(fields: Readonly<Record<string, unknown>>): ApprovalUse | undefined {
  const { n, task, hash, votes, usedAt, glass, seal } = fields;
  const path = isText(task) ? taskPath(task) : undefined;
  if (!path || !isText(hash) || !isText(seal) || !isInteger(n) || !isInteger(usedAt)) return undefined;
  if (!Array.isArray(votes) || !votes.every(isText)) return undefined;
  return { n, task: path, hash, votes, usedAt, ...(glass === true ? { glass } : {}), seal };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);

function isStanding(value: unknown): boolean {
  const { uses, window, shape } = (value ?? {}) as { readonly [field: string]: unknown };
  return isText(shape) && areStandingTerms({ uses: Number(uses), window: Number(window) });
}

const hasAgent = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "id" in value && isAgentId(value.id);

const isPerson = (value: unknown): boolean => {
  const { issuer, value: id } = (value ?? {}) as { readonly issuer?: unknown; readonly value?: unknown };
  return isText(issuer) && isText(id);
};

const areNeeded = (value: unknown): value is readonly NeededVotes[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each: unknown) => {
    const { group, count } = (each ?? {}) as { readonly group?: unknown; readonly count?: unknown };
    return isText(group) && Number.isSafeInteger(count) && Number(count) >= 1;
  });

/** Fields that the seal of an approval's use covers. One such seal is valid for one task and one record only. */
export const sealedUseOf = (
  id: ApprovalId,
  { n, task, hash, votes, usedAt, glass }: Omit<ApprovalUse, "seal">,
): VotedUse => ({
  id,
  n,
  task,
  hash,
  votes,
  usedAt,
  ...(glass ? { glass } : {}),
});
