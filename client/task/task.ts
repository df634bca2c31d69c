/** One set of temporary credentials, as the container protocol spells them. */
export interface Credential {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  /** RFC 3339; by this machine's clock, since that is what SDKs compare it with. */
  readonly Expiration: string;
}

/** A credential of the task: one AWS account's. */
export interface NamedCredential {
  /** `aws-0`: how its renewals are asked for. */
  readonly name: string;
  readonly account: string;
  readonly region: string | undefined;
  readonly credential: Credential;
}

/** What a connector has issued for the task: a login, a secret, a token. It lives as long as its lease, and is not renewed. */
export interface IssuedCredential {
  /** The connector's type: `postgres`. */
  readonly type: string;
  /** `postgres-0` */
  readonly name: string;
  /** All of it, as the service's answer has it. */
  readonly fields: Body;
}

/** A task that was opened for us, and that we must therefore end. */
export interface Task {
  readonly id: string;
  /** The task token: sent to valetkey alone, never to the command, never printed. */
  readonly token: string;
  readonly status: string;
  /** Epoch milliseconds, by this machine's clock. */
  readonly expiresAtMs: number;
  readonly credentials: readonly NamedCredential[];
  readonly issued: readonly IssuedCredential[];
  /** How far this machine's clock is ahead of the service's, where that makes a difference; milliseconds. */
  readonly aheadMs?: number;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * The task that the service's answer describes, or nothing if it does not describe one in full.
 * @param aheadMs how far this machine's clock is ahead of the service's: a credential is not over because the clock here is wrong.
 */
export function taskOf(body: Body, aheadMs = 0): Task | undefined {
  const task = recordOf(body.task);
  const token = body.access_token;
  const deadlineMs = instantMs(task.expires_at);
  const expiresAtMs = deadlineMs === undefined ? lifetimeEnd(body.expires_in) : deadlineMs + aheadMs;
  if (!isHeaderSafe(token) || !isTaskId(task.id) || expiresAtMs === undefined) return undefined;
  const listed = Array.isArray(body.credentials) ? body.credentials.map(recordOf) : [];
  const credentials = listed.filter(({ type }) => type === "aws").map((each) => namedCredential(each, aheadMs));
  const issued = listed.filter(({ type }) => type !== "aws").map(issuedCredential);
  if (!credentials.every((each) => each !== undefined) || !issued.every((each) => each !== undefined)) return undefined;
  const ahead = aheadMs === 0 ? {} : { aheadMs };
  return { id: task.id, token, status: String(task.status), expiresAtMs, credentials, issued, ...ahead };
}

/**
 * The four fields, or nothing if one is missing: a credential without an end is not taken for one that never ends.
 * @param aheadMs how far this machine's clock is ahead of that of who says when it ends.
 */
export function credentialOf(body: Body, aheadMs = 0): Credential | undefined {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = body;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string" || typeof Token !== "string")
    return undefined;
  const endMs = typeof Expiration === "string" ? instantMs(Expiration) : undefined;
  if (typeof Expiration !== "string" || endMs === undefined) return undefined;
  const end = aheadMs === 0 ? Expiration : new Date(endMs + aheadMs).toISOString();
  return { AccessKeyId, SecretAccessKey, Token, Expiration: end };
}

function namedCredential(body: Body, aheadMs: number): NamedCredential | undefined {
  const credential = credentialOf(body, aheadMs);
  const { name, account, region } = body;
  if (!credential || !isName(name)) return undefined;
  return { name, account: String(account), region: typeof region === "string" ? region : undefined, credential };
}

function issuedCredential(fields: Body): IssuedCredential | undefined {
  const { type, name } = fields;
  if (typeof type !== "string" || !isName(name)) return undefined;
  return { type, name, fields };
}

/** Epoch milliseconds of an RFC 3339 text or of epoch seconds. */
function instantMs(value: unknown): number | undefined {
  const ms = typeof value === "number" ? value * 1_000 : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

const lifetimeEnd = (seconds: unknown): number | undefined =>
  typeof seconds === "number" ? Date.now() + seconds * 1_000 : undefined;

/** It becomes a segment of a path: nothing that a path would read as more than a name. */
export const isTaskId = (id: unknown): id is string => typeof id === "string" && /^\w[\w.-]*$/.test(id);

/** A credential's name, which becomes a segment of a path too. */
export const isName = (name: unknown): name is string => typeof name === "string" && /^[\w-]+$/.test(name);

export const isHeaderSafe = (token: unknown): token is string =>
  typeof token === "string" && /^[\x21-\x7e]+$/.test(token);

export const recordOf = (value: unknown): Body => (typeof value === "object" && value !== null ? { ...value } : {});
