import { setTimeout as sleep } from "node:timers/promises";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetScopedCredentialsCommand, STSClient } from "@aws-sdk/client-sts";
import { isDenied } from "../aws-access.ts";
import { nameOf, type Workshop } from "./workshop.ts";

/** Keys of a session. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface SessionAsked {
  readonly policy?: string;
  readonly sourceIdentity?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Life of a copy; seconds. Less than a session has left, which a copy cannot outlive. */
const COPY_SECONDS = 300;
const PAUSE_MS = 1_000;

/** Becomes a role that was just made, once AWS knows of it. */
export async function sessionOf(
  workshop: Workshop,
  role: string,
  { policy, sourceIdentity, tags = {} }: SessionAsked = {},
): Promise<Keys> {
  const client = new STSClient(workshop.settings);
  const asked = new AssumeRoleCommand({
    ...{ RoleArn: role, RoleSessionName: "assumption", DurationSeconds: 900 },
    ...(policy === undefined ? {} : { Policy: policy }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
    ...(Object.keys(tags).length === 0 ? {} : { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  });
  const { Credentials: keys } = await patiently(workshop, () => client.send(asked));
  return keysIn(keys);
}

/** Copies a session, with one policy more to pass. */
export async function copyOf(workshop: Workshop, keys: Keys, policy: string): Promise<Keys> {
  const client = new STSClient({ ...workshop.settings, credentials: keys });
  const { Credentials: copy } = await client.send(
    new GetScopedCredentialsCommand({ Policy: policy, DurationSeconds: COPY_SECONDS }),
  );
  return keysIn(copy);
}

const keysIn = (
  keys:
    | { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined }
    | undefined,
): Keys => ({
  accessKeyId: keys?.AccessKeyId ?? "",
  secretAccessKey: keys?.SecretAccessKey ?? "",
  sessionToken: keys?.SessionToken ?? "",
});

/** Settings of clients that use a session. */
export const by = (workshop: Workshop, keys: Keys) => ({ ...workshop.settings, credentials: keys });

/** Asks whether a session may list buckets: a call that changes nothing and takes no resource. @throws where AWS says neither yes nor no. */
export async function mayList(workshop: Workshop, keys: Keys): Promise<boolean> {
  return allowed(() => new S3Client({ ...by(workshop, keys), forcePathStyle: true }).send(new ListBucketsCommand({})));
}

/** Makes a call. @returns true where it was allowed, false where it was denied. @throws every other error: it says nothing about rights. */
export async function allowed(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (isDenied(error) || nameOf(error) === "TransactionCanceledException") return false;
    throw error;
  }
}

/** Waits until a call is allowed: IAM knows of a new role and its policy some seconds later. @returns false where it never was. */
export async function becomesAllowed({ settleMs }: Workshop, isAllowed: () => Promise<boolean>): Promise<boolean> {
  for (const untilMs = Date.now() + settleMs; ; await sleep(PAUSE_MS)) {
    if (await isAllowed()) return true;
    if (Date.now() > untilMs) return false;
  }
}

async function patiently<T>({ settleMs }: Workshop, send: () => Promise<T>): Promise<T> {
  for (const untilMs = Date.now() + settleMs; ; await sleep(PAUSE_MS)) {
    try {
      return await send();
    } catch (error) {
      if (!isDenied(error) || Date.now() > untilMs) throw error;
    }
  }
}
