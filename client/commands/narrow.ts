import { CredentialCache, type Renewal } from "../credentials/credential-cache.ts";
import { openEndpoint } from "../credentials/credential-endpoint.ts";
import { ClientError } from "../exit-codes.ts";
import { runChild } from "../process/child.ts";
import { childEnv } from "../process/child-env.ts";
import { Signals } from "../process/signals.ts";
import type { Reporter } from "../reporter.ts";
import type { NamedCredential } from "../task/held-task.ts";
import { callService } from "../task/service.ts";
import { credentialOf } from "../task/task.ts";
import { type NarrowOptions, policyOf } from "./narrow-options.ts";

const TIMEOUT_MS = 5_000;
/** Subtracted from the outer credential's remaining life, so that the narrowed one never seems to live longer. */
const MARGIN_SECONDS = 2;

/**
 * Runs a command inside a task with fewer rights: `sts:GetScopedCredentials` narrows the task's own session, without a call to valetkey. The
 * session's name and source identity stay, so the end of the task ends the narrowed session too.
 */
export async function narrow(options: NarrowOptions, env: NodeJS.ProcessEnv, report: Reporter): Promise<number> {
  const policy = policyOf(options.details);
  const outer = outerOf(env);
  const deadlineMs =
    options.ttlSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.ttlSeconds * 1_000;
  const scope = async (): Promise<Renewal> => scoped(await credentialFrom(outer), policy, deadlineMs, env);
  const first = await report.patiently("narrowing the credentials", scope());
  if (first.kind === "unreachable")
    throw new ClientError("unavailable", "unreachable", "the task's credentials or STS cannot be reached");
  if (first.kind !== "renewed")
    throw new ClientError("refused", "not_narrowed", first.kind === "refused" ? first.sentence : "try again later");

  const named: NamedCredential = {
    name: "aws-0",
    account: options.account,
    region: undefined,
    credential: first.credential,
  };
  const cache = new CredentialCache({ first: first.credential, taskExpiresAtMs: deadlineMs, renew: scope });
  const endpoint = await openEndpoint(new Map([[named.name, cache]]));
  const signals = new Signals({ isTerminal: process.stdin.isTTY, isNpx: env.npm_lifecycle_event === "npx" });
  try {
    report.note("narrowed", `the command gets ${policy.length} characters of policy, within task ${outer.task}`, {
      task: outer.task,
    });
    const inner = childEnv(env, { id: outer.task, credentials: [named], issued: [] }, endpoint);
    const ending = await runChild(options.command, options.args, inner, signals);
    if (!ending.isStarted)
      report.warn("command_not_started", `${options.command} cannot be run (${ending.detail})`, { exit: ending.code });
    return ending.code;
  } finally {
    await endpoint.close();
    signals.release();
  }
}

interface Outer {
  readonly task: string;
  readonly uri: string;
  readonly token: string;
}

/** Reads the surrounding task from the variables that `valetkey exec` has set. */
function outerOf(env: NodeJS.ProcessEnv): Outer {
  const {
    VALETKEY_TASK: task,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
  } = env;
  if (task && uri && token) return { task, uri, token };
  throw new ClientError(
    "usage",
    "no_task",
    `--narrow works inside a task: start it under \`valetkey exec\`, without --narrow`,
  );
}

async function credentialFrom({ uri, token }: Outer): Promise<Renewal> {
  const answer = await callService({ url: uri, method: "GET", timeoutMs: TIMEOUT_MS, authorization: token });
  if (answer === undefined) return { kind: "unreachable" };
  const credential = answer.status === 200 ? credentialOf(answer.body) : undefined;
  if (credential) return { kind: "renewed", credential };
  if (answer.status >= 500) return { kind: "unreachable" };
  return { kind: "refused", sentence: String(answer.body.Message ?? "the task has no credentials any more") };
}

/** Narrows a credential; the result never outlives the outer one. */
async function scoped(outer: Renewal, policy: string, deadlineMs: number, env: NodeJS.ProcessEnv): Promise<Renewal> {
  if (outer.kind !== "renewed") return outer;
  const endMs = Math.min(Date.parse(outer.credential.Expiration), deadlineMs);
  const seconds = Math.floor((endMs - Date.now()) / 1_000) - MARGIN_SECONDS;
  if (seconds < 1) return { kind: "refused", sentence: "The time of the task, or of --ttl, is over." };
  const { scopedCredentials } = await import("../credentials/scoped-credentials.ts");
  // Counts by this machine's clock, as the outer credential's end does. By AWS's own `Expiration`, which another clock set, SDKs might find the
  // credential expired.
  const Expiration = new Date(Date.now() + seconds * 1_000).toISOString();
  try {
    const inner = await scopedCredentials(outer.credential, policy, seconds, env.AWS_REGION);
    return { kind: "renewed", credential: { ...inner, Expiration } };
  } catch (error) {
    return refusalOf(error);
  }
}

/** Translates the SDK's error by its name; never uses its message, which may quote the input. */
function refusalOf(error: unknown): Renewal {
  const { name, $metadata } = error as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (status === undefined || status >= 500) return { kind: "unreachable" };
  const isMissing = name === "InvalidAction" || name === "UnknownOperationException";
  const sentence = isMissing
    ? "This AWS endpoint has no sts:GetScopedCredentials; run the command in a task of its own instead."
    : `AWS STS refuses to narrow the credentials (${name}).`;
  return { kind: "refused", sentence };
}
