import { ServiceError } from "../service-error.ts";
import type { Session } from "../sessions.ts";
import type { QueryInput } from "./query-input.ts";

/** AssumeRole's parameters, each within the limits that STS documents. */
export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly policyText?: string;
  readonly sourceIdentity?: string;
  readonly externalId?: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
}

const NAME = /^[\w+=,.@-]{2,64}$/;
const ROLE_ARN = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
/** U+0009, U+000A, U+000D, U+0020 to U+00FF */
const POLICY_CHARACTERS = /^[\t\n\r\u0020-\u00ff]+$/;
export const POLICY_LIMIT_CHARACTERS = 2048;
const TAGS_LIMIT = 50;
const DEFAULT_DURATION_SECONDS = 3600;
const MIN_DURATION_SECONDS = 900;
/** Longest session of a chained AssumeRole, seconds; every caller here is a role session, so every AssumeRole is chained. */
const MAX_CHAINED_SECONDS = 3600;

/**
 * Reads the parameters. @throws {ServiceError} the error that STS would send.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function readAssumeRoleInput(query: QueryInput, session: Session): AssumeRoleInput {
  const roleArn = required(query, "RoleArn", ROLE_ARN);
  const sessionName = required(query, "RoleSessionName", NAME);
  const sourceIdentity = query.text("SourceIdentity");
  const externalId = query.text("ExternalId");
  const policyText = query.text("Policy");
  if (sourceIdentity !== undefined && (!NAME.test(sourceIdentity) || /^aws:/i.test(sourceIdentity)))
    throw invalid("sourceIdentity", sourceIdentity);
  if (query.list("PolicyArns").length > 0 || query.text("PolicyArns.member.1.arn") !== undefined)
    throw new ServiceError("NotImplemented", "The embedded AWS takes no PolicyArns; pass a Policy.", 501);
  if (policyText !== undefined) checkPolicyText(policyText);
  const tags = readTags(query, session);
  const transitiveTagKeys = query.list("TransitiveTagKeys");
  for (const key of transitiveTagKeys) {
    if (!tags.has(key))
      throw validation(`The specified transitive tag key must be included in the requested tags: ${key}`);
  }
  return {
    roleArn,
    sessionName,
    durationSeconds: readDuration(query.text("DurationSeconds")),
    tags,
    transitiveTagKeys,
    ...(policyText === undefined ? {} : { policyText }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(externalId === undefined ? {} : { externalId }),
  };
}

function required(query: QueryInput, name: string, pattern: RegExp): string {
  const value = query.text(name) ?? "";
  if (!pattern.test(value)) throw invalid(`${name.charAt(0).toLowerCase()}${name.slice(1)}`, value);
  return value;
}

function readDuration(text: string | undefined): number {
  const seconds = text === undefined ? DEFAULT_DURATION_SECONDS : Number(text);
  if (!Number.isInteger(seconds) || seconds < MIN_DURATION_SECONDS) throw invalid("durationSeconds", text ?? "");
  if (seconds > MAX_CHAINED_SECONDS)
    throw validation(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  return seconds;
}

function checkPolicyText(text: string): void {
  if (!POLICY_CHARACTERS.test(text)) throw invalid("policy", text.slice(0, 40));
  if (text.length > POLICY_LIMIT_CHARACTERS)
    throw validation(
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${POLICY_LIMIT_CHARACTERS}`,
    );
}

function readTags(query: QueryInput, session: Session): Map<string, string> {
  const pairs = query.pairs("Tags");
  if (pairs.length > TAGS_LIMIT) throw validation(`At most ${TAGS_LIMIT} session tags can be passed`);
  const tags = new Map<string, string>();
  const seen = new Set<string>();
  const inherited = new Set([...session.transitiveTagKeys].map((key) => key.toLowerCase()));
  for (const [key, value] of pairs) {
    const folded = key.toLowerCase();
    if (!TAG_KEY.test(key) || folded.startsWith("aws:")) throw invalid("tags.member.key", key);
    if (!TAG_VALUE.test(value)) throw invalid("tags.member.value", value);
    if (seen.has(folded)) throw validation("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    if (inherited.has(folded))
      throw validation(
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
      );
    seen.add(folded);
    tags.set(key, value);
  }
  return tags;
}

const validation = (message: string): ServiceError => new ServiceError("ValidationError", message, 400);
const invalid = (name: string, value: string): ServiceError =>
  validation(`1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint`);
