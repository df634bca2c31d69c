import { defined } from "../functions/core/defined.ts";
import { cachedCredentials } from "./credentials/cached-credentials.ts";
import type { CredentialCache } from "./credentials/credential-cache.ts";
import { ClientError, type Denial } from "./exit-codes.ts";
import { findIdentity } from "./identity/find-identity.ts";
import { identityToken } from "./identity/identity-token.ts";
import type { IdentitySource } from "./identity/source.ts";
import { Reporter } from "./reporter.ts";
import type { SdkSigner } from "./sign/sdk-request.ts";
import { sdkSigner } from "./sign/sdk-signer.ts";
import { Signatures } from "./sign/signatures.ts";
import { checkDelegation, checkRequest } from "./task/check-request.ts";
import { delegateTask } from "./task/delegate-task.ts";
import { type Delegation, delegationTokenOf } from "./task/delegation.ts";
import type { Detail } from "./task/detail.ts";
import type { IssuedCredential, NamedCredential, Task } from "./task/held-task.ts";
import { denialInProgram, inProgramsWords } from "./task/in-programs-words.ts";
import { runTask } from "./task/run-task.ts";
import { safeUrl } from "./task/safe-url.ts";
import type { TaskRequest } from "./task/task-request.ts";

export type { Delegation, Denial, Detail, TaskRequest };
export { ClientError };

/** Credentials in the form of the AWS SDK for JavaScript. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly accountId: string;
}

/** Settings of a client of the AWS SDK for JavaScript. */
export interface AwsConfig {
  readonly credentials: () => Promise<
    Omit<AwsCredentials, "sessionToken" | "expiration" | "accountId"> & Partial<AwsCredentials>
  >;
  /** Has the hub sign each request; absent where the task has keys. */
  readonly signer?: SdkSigner;
}

/** Task while the work runs. */
export interface RunningTask {
  readonly id: string;
  readonly expiresAt: Date;
  /** Granted details: all of the intent, or with `mode: "narrow"` the part that policy permits. */
  readonly granted: readonly Detail[];
  /** Parts of the intent that were left out, with `mode: "narrow"`. */
  readonly denials: readonly Denial[];
  /** Returns a provider of credentials for the account, or for the first granted one; renewed while the task lives. The provider rejects once the task has ended. @throws {ClientError} without any. */
  readonly credentials: (account?: string) => () => Promise<AwsCredentials>;
  /**
   * Returns the settings of an AWS client for the account, or for the first granted one: `new S3Client(task.awsConfig())`. Works both with keys and where the
   * hub signs the requests.
   * @throws {ClientError} where the task has nothing for the account.
   */
  readonly awsConfig: (account?: string) => AwsConfig;
  /** Credentials that connectors issued: logins, secrets, tokens, each as in the service's answer. All of them end with the task. */
  readonly issued: readonly IssuedCredential[];
  /**
   * Hands on a part of the task to a sub-agent, which opens one task of its own with it (`withTask({ delegation, ... })`), here or in another process.
   * The sub-agent's task never has more than this one, and ends with this one.
   * @param intent the most that the sub-agent may request.
   * @param options `ttlSeconds`: lifetime of the delegation and of the sub-agent's task; as long as this task by default.
   * @throws {ClientError} with `reason` refused where the task has less than the intent, or has ended.
   */
  readonly delegate: (
    agent: string,
    intent: readonly Detail[],
    options?: { readonly ttlSeconds?: number },
  ) => Promise<Delegation>;
}

/**
 * Runs the work with a task's credentials and returns its result. Ends the task when the work ends, however it ends.
 *
 *     await withTask({ purpose: "weekly report", intent: [{ type: "aws", account, actions: ["s3:GetObject"], resources: [arn] }] },
 *       async (task) => new S3Client({ credentials: task.credentials() }).send(new GetObjectCommand(input)));
 *
 * @throws {ClientError} with `reason` (identity, refused, intent, later, unavailable, usage), `event` (a stable code), `denials`, which the message has too; and whatever the work throws.
 */
export async function withTask<T>(request: TaskRequest, work: (task: RunningTask) => Promise<T>): Promise<T> {
  checkRequest(request);
  if (typeof work !== "function")
    throw new ClientError("usage", "usage", "withTask takes the work as its second argument: a function of the task");
  const { onEvent } = request;
  const report = new Reporter({
    json: true,
    quiet: onEvent === undefined,
    write: (line) => onEvent?.(JSON.parse(line)),
  });
  const url = safeUrl(request.url ?? process.env.VALETKEY_URL ?? missingUrl(), "url");
  const options = {
    url,
    audience: request.audience ?? process.env.VALETKEY_AUDIENCE ?? url,
    purpose: request.purpose,
    details: request.intent,
    ttlSeconds: request.ttlSeconds,
    mode: request.mode ?? ("all" as const),
    standing: request.standing,
    ...defined({ delegationToken: delegationTokenOf(request.delegation) }),
    waits: true,
    renews: true,
    canSign: true,
    signs: request.deliver === "sign",
  };
  const isInterrupted = () => request.signal?.aborted ?? false;
  let isOpen = false;
  const identity = await identityToken(sourceOf(request.identity), options.audience).catch((error: unknown) => {
    throw inProgramsWords(error);
  });
  const running = runTask(options, identity, { report, isInterrupted, onPending: request.onPending }, async (task) => {
    // An abort in the moment of the approval begins no work.
    if (isInterrupted()) throw new ClientError("later", "approval_withdrawn", "interrupted: the task is ended, unused");
    isOpen = true;
    const caches = cachedCredentials(url, task, report);
    try {
      return {
        value: await work(runningTask(url, task, caches)),
        outcome: { outcome: "success", detail: "the work is done" },
      };
    } finally {
      // A provider that outlives the work would hand out a key that is dead, or dies with the task in a moment.
      for (const cache of caches.values())
        cache.end(`Task ${task.id} has ended with its withTask: use its credentials while the work runs.`);
    }
  });
  return running.catch((error: unknown) => {
    // The work's own errors stay the same objects.
    throw isOpen ? error : inProgramsWords(error);
  });
}

function sourceOf(given: TaskRequest["identity"]): IdentitySource {
  if (given === undefined) return findIdentity({}, process.env);
  if (typeof given === "string") return { kind: "token", token: given };
  return typeof given === "function" ? { kind: "function", token: given } : given;
}

function runningTask(url: string, task: Task, caches: ReadonlyMap<string, CredentialCache>): RunningTask {
  const signers = new Map(
    task.signed?.map((session) => [session.name, sdkSigner(session, new Signatures(url, task, session))]),
  );
  const credentials: RunningTask["credentials"] = (account) => async () => {
    const named = task.credentials.find(isOf(account));
    const current = named && (await caches.get(named.name)?.current());
    if (!named || !current) throw new ClientError("usage", "no_credential", without(task, account));
    if ("credential" in current) return sdkCredentials(named, current.credential);
    throw new ClientError(current.refused ? "refused" : "unavailable", "no_credential", current.sentence);
  };
  return {
    id: task.id,
    expiresAt: new Date(task.expiresAtMs),
    granted: task.granted ?? [],
    denials: (task.denials ?? []).map(denialInProgram),
    issued: task.issued,
    credentials,
    awsConfig: (account) => {
      const signed = task.signed?.find(isOf(account));
      const signer = signed && signers.get(signed.name);
      if (signer) return { credentials: async () => NO_KEY, signer };
      if (!task.credentials.some(isOf(account)))
        throw new ClientError("usage", "no_credential", without(task, account));
      return { credentials: credentials(account) };
    },
    delegate: async (agent, intent, options = {}) => {
      checkDelegation(agent, intent, options);
      return delegateTask(url, task, { agent, intent, ttlSeconds: options.ttlSeconds }).catch((error: unknown) => {
        throw inProgramsWords(error);
      });
    },
  };
}

/** Credentials of a client whose requests the hub signs: the SDK wants some, and they sign nothing. */
const NO_KEY = { accessKeyId: "VALETKEYSIGNS", secretAccessKey: "no-key" } as const;

const isOf =
  (account: string | undefined) =>
  (each: { readonly account: string }): boolean =>
    account === undefined || each.account === account;

function without({ credentials, signed = [] }: Task, account: string | undefined): string {
  if (signed.some(isOf(account))) return "the hub signs this task's requests: give clients task.awsConfig()";
  const has = [...credentials, ...signed].map((each) => each.account).join(", ");
  return has === ""
    ? "the task has no AWS credentials: its intent asks for none"
    : `the task has no AWS credentials for account ${account}; it has them for ${has}`;
}

const sdkCredentials = ({ account }: NamedCredential, credential: NamedCredential["credential"]): AwsCredentials => ({
  accessKeyId: credential.AccessKeyId,
  secretAccessKey: credential.SecretAccessKey,
  sessionToken: credential.Token,
  expiration: new Date(credential.Expiration),
  accountId: account,
});

function missingUrl(): never {
  throw new ClientError("usage", "usage", "url is missing: give it, or set VALETKEY_URL");
}
