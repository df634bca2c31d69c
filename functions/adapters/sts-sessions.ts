import { AssumeRoleCommand, STSClient, STSServiceException } from "@aws-sdk/client-sts";
import type { Session, SessionRequest, Sessions } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { SESSION_TAGS } from "../names.ts";

/** Errors that say that STS could not be asked, or not now; everything else is its answer. */
const PASSING = new Set([
  "Throttling",
  "ThrottlingException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "InternalFailure",
  "IDPCommunicationError",
]);

/** Sessions from AWS STS, in the Region of this function (a global endpoint's tokens are not valid everywhere). */
export class StsSessions implements Sessions {
  readonly #client: STSClient;
  readonly #partition: string;

  constructor(partition: string) {
    this.#partition = partition;
    this.#client = new STSClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
  }

  async assume(request: SessionRequest): Promise<Session> {
    const { Credentials: credentials, SessionTokenUtilization, PackedPolicySize } = await this.#send(request);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      throw new Refusal("sts_unavailable", { why: "an answer without credentials" });
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      // STS's own clock, never ours: the revocation policy compares it with what STS wrote into the session.
      issuedAt: Math.floor(Expiration.getTime() / 1_000) - request.durationSeconds,
      ...percentOf(SessionTokenUtilization ?? PackedPolicySize),
    };
  }

  async #send({ account, role, path, agent, policy, durationSeconds }: SessionRequest) {
    const command = new AssumeRoleCommand({
      RoleArn: `arn:${this.#partition}:iam::${account}:role/${role}`,
      RoleSessionName: path,
      SourceIdentity: agent,
      Policy: policy,
      DurationSeconds: durationSeconds,
      Tags: [
        { Key: SESSION_TAGS.agent, Value: agent },
        { Key: SESSION_TAGS.task, Value: path },
      ],
      TransitiveTagKeys: [SESSION_TAGS.agent, SESSION_TAGS.task],
    });
    try {
      return await this.#client.send(command);
    } catch (error) {
      throw refusalFor(error);
    }
  }
}

/** The second name is the one that STS used until June 2026; not every endpoint knows the first. */
const percentOf = (tokenPercent: number | undefined) => (tokenPercent === undefined ? {} : { tokenPercent });

function refusalFor(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : "unknown";
  if (name === "PackedPolicyTooLargeException" || name === "PackedPolicyTooLarge") {
    return new Refusal("intent_too_large", { say: "STS cannot pack it into a session token.", why: name });
  }
  const isAnswer = error instanceof STSServiceException && error.$fault === "client" && !PASSING.has(name);
  return isAnswer
    ? new Refusal("sts_refused", { why: name })
    : new Refusal("sts_unavailable", { why: name, retryAfterSeconds: 1 });
}
