import type { ContainerCredentials } from "../../contract/credentials.ts";
import type { Unread } from "../../contract/operation.ts";
import type { StartedTask, WaitingTask } from "../../contract/token.ts";
import { approvalOf } from "./approval.ts";
import { denialOf } from "./denial-lines.ts";
import { detailOf } from "./detail.ts";
import { isAccount, isHeaderSafe, isName, isRegion, isTaskId, recordOf } from "./fields.ts";
import type { Credential, IssuedCredential, NamedCredential, ServedService, SignedSession, Task } from "./held-task.ts";

type Body = Readonly<Record<string, unknown>>;

/** Answer that opens a task. */
export type TaskAnswer = StartedTask | WaitingTask;

type Listed = StartedTask["credentials"][number];
type AwsCredential = Extract<Listed, { readonly type: "aws" }>;

/**
 * Parses the service's answer as a task; undefined for an incomplete one.
 * @param aheadMs lead of this machine's clock over the service's: a wrong clock here must not expire credentials.
 */
export function taskOf(body: Unread<TaskAnswer>, aheadMs = 0): Task | undefined {
  const task = recordOf<TaskAnswer["task"]>(body.task);
  const token = body.access_token;
  const deadlineMs = instantMs(task.expires_at);
  const expiresAtMs = deadlineMs === undefined ? lifetimeEnd(body.expires_in) : deadlineMs + aheadMs;
  if (!isHeaderSafe(token) || !isTaskId(task.id) || expiresAtMs === undefined) return undefined;
  const listed = Array.isArray(body.credentials) ? body.credentials.map((each) => recordOf<AwsCredential>(each)) : [];
  const credentials = listed.filter(({ type }) => type === "aws").map((each) => namedCredential(each, aheadMs));
  const signed = ofType(body, "aws-sign").map((each) => signedSession(each, aheadMs));
  const issued = listed.filter(({ type }) => !(AWS_TYPES as readonly unknown[]).includes(type)).map(issuedCredential);
  if (!credentials.every((each) => each !== undefined) || !issued.every((each) => each !== undefined)) return undefined;
  if (!signed.every((each) => each !== undefined)) return undefined;
  const approval = approvalOf(body, aheadMs);
  return {
    id: task.id,
    token,
    status: String(task.status),
    expiresAtMs,
    credentials,
    ...(signed.length > 0 && { signed }),
    issued,
    ...(aheadMs === 0 ? {} : { aheadMs }),
    // The answer has `act` where somebody acts for the subject.
    ...(body.act !== undefined && typeof body.sub === "string" ? { person: body.sub } : {}),
    ...(Array.isArray(body.authorization_details) && { granted: body.authorization_details.map(detailOf) }),
    ...(Array.isArray(body.denials) ? { denials: body.denials.map(denialOf) } : {}),
    ...(approval ? { approval } : {}),
  };
}

/** Types of the answer's elements for AWS. */
const AWS_TYPES = ["aws", "aws-sign"] as const;

type SignedElement = Extract<Listed, { readonly type: "aws-sign" }>;

const ofType = ({ credentials }: Unread<TaskAnswer>, type: string): readonly Unread<SignedElement>[] =>
  (Array.isArray(credentials) ? credentials : [])
    .map((each) => recordOf<SignedElement>(each))
    .filter((each) => each.type === type);

/** Parses a session that stays in the hub. Its names become variables of commands, and its hosts are where requests go. */
function signedSession(body: Unread<SignedElement>, aheadMs: number): SignedSession | undefined {
  const { name, account, region, expires_at: expiresAt, endpoints } = body;
  const endMs = instantMs(expiresAt);
  if (!isName(name) || !isAccount(account) || endMs === undefined || !Array.isArray(endpoints)) return undefined;
  if (region !== undefined && !isRegion(region)) return undefined;
  const services = endpoints.map((each) => recordOf<ServedService>(each)).filter(isServed);
  if (services.length !== endpoints.length) return undefined;
  return { name, account, region, expiresAtMs: endMs + aheadMs, endpoints: services };
}

const isServed = (each: Unread<ServedService>): each is ServedService =>
  typeof each.service === "string" &&
  /^AWS_ENDPOINT_URL_[A-Z0-9_]{1,64}$/.test(String(each.variable)) &&
  /^[a-z0-9.{}-]{4,253}$/.test(String(each.host));

/**
 * Parses a credential; undefined where one of the four fields is missing: a credential without an end does not count as endless.
 * @param aheadMs lead of this machine's clock over the issuer's.
 */
export function credentialOf(body: Unread<ContainerCredentials>, aheadMs = 0): Credential | undefined {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = body;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string" || typeof Token !== "string")
    return undefined;
  const endMs = typeof Expiration === "string" ? instantMs(Expiration) : undefined;
  if (typeof Expiration !== "string" || endMs === undefined) return undefined;
  const end = aheadMs === 0 ? Expiration : new Date(endMs + aheadMs).toISOString();
  return { AccessKeyId, SecretAccessKey, Token, Expiration: end };
}

/** Parses a credential for an account. Account and Region become lines of files and variables of commands, so a text of another form is no answer. */
function namedCredential(body: Unread<AwsCredential>, aheadMs: number): NamedCredential | undefined {
  const credential = credentialOf(body, aheadMs);
  const { name, account, region } = body;
  if (!credential || !isName(name) || !isAccount(account)) return undefined;
  if (region !== undefined && !isRegion(region)) return undefined;
  return { name, account, region, credential };
}

function issuedCredential(fields: Body): IssuedCredential | undefined {
  const { type, name } = fields;
  if (typeof type !== "string" || !isName(name)) return undefined;
  return { type, name, fields };
}

/** Converts an RFC 3339 text or epoch seconds to epoch milliseconds. */
function instantMs(value: unknown): number | undefined {
  const ms = typeof value === "number" ? value * 1_000 : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

const lifetimeEnd = (seconds: unknown): number | undefined =>
  typeof seconds === "number" ? Date.now() + seconds * 1_000 : undefined;
