import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, type Credentials, GetScopedCredentialsCommand, STSClient } from "@aws-sdk/client-sts";
import { defined } from "../../../../functions/core/defined.ts";
import { plainName } from "./plain-name.ts";
import type { MadeRole } from "./things/role.ts";
import type { Workshop } from "./workshop.ts";

/** Keys of a session. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Name of the session in the evidence. */
  readonly whose: string;
  /** Moment from which STS counts the session's life; epoch milliseconds of whole seconds. */
  readonly issuedAtMs: number;
}

export interface SessionOptions {
  readonly policy?: string;
  readonly sourceIdentity?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Life of a session, the shortest that STS allows, and of a copy, which cannot outlive its session; seconds. */
const [SESSION_SECONDS, COPY_SECONDS] = [900, 300];

/** Assumes a role that was just made, as soon as AWS knows the role. */
export async function sessionOf(
  workshop: Workshop,
  { name, arn }: MadeRole,
  { policy, sourceIdentity, tags = {} }: SessionOptions = {},
): Promise<Keys> {
  const client = new STSClient(workshop.settings);
  const command = new AssumeRoleCommand({
    RoleArn: arn,
    RoleSessionName: "assumption",
    DurationSeconds: SESSION_SECONDS,
    ...defined({ Policy: policy, SourceIdentity: sourceIdentity }),
    ...(Object.keys(tags).length === 0 ? {} : { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  });
  const { Credentials: keys } = await patiently(workshop, () => client.send(command));
  return keysIn(keys, `session of ${name}`, SESSION_SECONDS);
}

/** Copies a session, whose calls must then pass one policy more. */
export async function copyOf(workshop: Workshop, keys: Keys, policy: string): Promise<Keys> {
  const client = new STSClient(by(workshop, keys));
  const { Credentials: copy } = await client.send(
    new GetScopedCredentialsCommand({ Policy: policy, DurationSeconds: COPY_SECONDS }),
  );
  return keysIn(copy, `copy of a ${keys.whose}`, COPY_SECONDS);
}

const keysIn = (keys: Credentials | undefined, whose: string, lifeSeconds: number): Keys => ({
  accessKeyId: keys?.AccessKeyId ?? "",
  secretAccessKey: keys?.SecretAccessKey ?? "",
  sessionToken: keys?.SessionToken ?? "",
  whose,
  issuedAtMs: (keys?.Expiration?.getTime() ?? Number.NaN) - lifeSeconds * 1_000,
});

/** Settings of clients that use a session. */
export const by = (workshop: Workshop, { whose, accessKeyId, secretAccessKey, sessionToken }: Keys) => ({
  ...workshop.settingsFor(whose),
  credentials: { accessKeyId, secretAccessKey, sessionToken },
});

/**
 * Tries whether a session may list buckets: a call that changes nothing and takes no resource.
 * @throws every error that is no denial.
 */
export const mayList = (workshop: Workshop, keys: Keys): Promise<boolean> =>
  allowed(workshop, () =>
    new S3Client({ ...by(workshop, keys), forcePathStyle: true }).send(new ListBucketsCommand({})),
  );

/**
 * Makes a call.
 * @returns true where it was allowed, false where it was denied.
 * @throws every other error: it proves nothing about rights.
 */
export async function allowed(workshop: Workshop, call: () => Promise<unknown>): Promise<boolean> {
  workshop.check();
  try {
    await call();
    return true;
  } catch (error) {
    if (isDenied(error)) return false;
    throw error;
  }
}

const DENIED = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"];

/**
 * True for a denial by IAM, of a call or of one item of a transaction. Expired or unknown keys are another error: they
 * prove nothing about rights.
 */
function isDenied(error: unknown): boolean {
  if (DENIED.includes(plainName(error))) return true;
  const { CancellationReasons: reasons = [] } = Object(error) as {
    readonly CancellationReasons?: readonly { readonly Code?: string }[];
  };
  return reasons.some(({ Code: code = "" }) => DENIED.includes(code));
}

/**
 * Waits until a call is allowed: IAM knows a new role and its policy some seconds later.
 * @returns false where the call was never allowed.
 */
export async function becomesAllowed(workshop: Workshop, isAllowed: () => Promise<boolean>): Promise<boolean> {
  const { settleMs, pauseMs } = workshop.waits;
  for (const untilMs = Date.now() + settleMs; ; await workshop.pause(pauseMs)) {
    if (await isAllowed()) return true;
    if (Date.now() > untilMs) return false;
  }
}

/** Moments between which something happened, epoch milliseconds. */
export interface Between {
  /** `-Infinity` where nothing was seen before it happened. */
  readonly afterMs: number;
  readonly beforeMs: number;
}

/**
 * Waits until a call is denied.
 * @returns the moments between which AWS began to deny it: the last allowed call was sent, and the denied call was answered. On a slow machine they
 *   are far apart. Undefined where the call never was denied.
 */
export async function becomesDenied(
  workshop: Workshop,
  isAllowed: () => Promise<boolean>,
  pauseMs = workshop.waits.pauseMs,
  untilMs = Date.now() + workshop.waits.longestMs,
): Promise<Between | undefined> {
  let afterMs = Number.NEGATIVE_INFINITY;
  for (; Date.now() < untilMs; await workshop.pause(pauseMs)) {
    const sentMs = Date.now();
    if (!(await isAllowed())) return { afterMs, beforeMs: Date.now() };
    afterMs = sentMs;
  }
  return undefined;
}

async function patiently<T>(workshop: Workshop, send: () => Promise<T>): Promise<T> {
  const { settleMs, pauseMs } = workshop.waits;
  for (const untilMs = Date.now() + settleMs; ; await workshop.pause(pauseMs)) {
    try {
      return await send();
    } catch (error) {
      if (!isDenied(error) || Date.now() > untilMs) throw error;
    }
  }
}
