import { ListBucketsCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type Account, accountOf, type Deployment } from "../../core/deployment/deployment.ts";
import { Refusal } from "../../core/refusal.ts";
import type { CallOutcome, ProbeSession, ProbeSessions, Watched } from "../../core/revocation/observation.ts";
import { STS_SECONDS } from "../../core/tasks/task.ts";
import { PROBE_ACTION, PROBE_IDENTITY } from "../../names.ts";
import type { AssumeRole } from "./assume-role.ts";
import { assumeTaskRole, type TaskSession } from "./assume-task-role.ts";

/** Makes the call of AssumeRole over the SDK. @param requestMs time-out of each of its two attempts; milliseconds. */
export function sdkAssumeRole(requestMs: number): AssumeRole {
  const client = new STSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
  });
  return (input) => client.send(new AssumeRoleCommand(input));
}

/**
 * Time after which a session's policy allows nothing, a little more than the longest watch; seconds. STS's own minimum
 * is 900.
 */
const FENCE_SECONDS = 120;

/** Time-outs of a call; milliseconds. After a time-out, the next call yields the same information. */
const HTTP = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true } as const;

/** Sessions of task roles that may only list an account's buckets; the probe discards the names. */
export class AwsProbeSessions implements ProbeSessions {
  readonly #assumeRole = sdkAssumeRole(HTTP.requestTimeout);
  readonly #deployment: Pick<Deployment, "partition" | "accounts">;
  readonly #nowMs: () => number;

  constructor(deployment: Pick<Deployment, "partition" | "accounts">, nowMs: () => number) {
    this.#deployment = deployment;
    this.#nowMs = nowMs;
  }

  async open(as: Omit<Watched, "endedAtMs">): Promise<ProbeSession> {
    const account = accountOf(this.#deployment, as.account);
    if (!account) throw new Refusal("sts_refused", { why: "an account that is none of ours" });
    const session: TaskSession = {
      ...as,
      sourceIdentity: PROBE_IDENTITY,
      policy: onlyTheCall(this.#nowMs()),
      durationSeconds: STS_SECONDS.least,
      startedAt: Math.floor(this.#nowMs() / 1_000),
    };
    const { keys } = await assumeTaskRole(this.#assumeRole, this.#deployment.partition, session);
    return probeSession(keys, account);
  }
}

const onlyTheCall = (nowMs: number): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: PROBE_ACTION, Resource: "*" },
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateGreaterThan: { "aws:CurrentTime": new Date(nowMs + FENCE_SECONDS * 1_000).toISOString() } },
      },
    ],
  });

function probeSession(
  credentials: Awaited<ReturnType<typeof assumeTaskRole>>["keys"],
  { region }: Account,
): ProbeSession {
  // One attempt for each call: a retry within the SDK would hide the moment of the refusal.
  const s3 = new S3Client({ region, credentials, maxAttempts: 1, requestHandler: HTTP });
  return {
    async call(): Promise<CallOutcome> {
      try {
        await s3.send(new ListBucketsCommand({ MaxBuckets: 1 }));
        return "answered";
      } catch (error) {
        return error instanceof S3ServiceException && error.name === "AccessDenied" ? "refused" : "unknown";
      }
    },
  };
}
