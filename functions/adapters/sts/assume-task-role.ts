import type { AgentId } from "../../../contract/agent-id.ts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { PERSON_TAG, type PROBE_IDENTITY, SESSION_TAGS } from "../../names.ts";
import { isClientFault, nameOf } from "../aws/aws-fault.ts";
import type { AssumeRole } from "./assume-role.ts";

/** Request for a session of a task role, named after a task and tagged with its agent. */
export interface TaskSession {
  readonly account: AccountId;
  readonly role: string;
  readonly path: TaskPath;
  readonly agent: AgentId;
  /** Pseudonym of the person for whom the session acts; absent where it acts for nobody. */
  readonly personTag?: string;
  /** Source identity of the session, which CloudTrail records and the roles' trust policies check. */
  readonly sourceIdentity: AgentId | typeof PROBE_IDENTITY;
  /** Session policy, as IAM's JSON. */
  readonly policy: string;
  readonly durationSeconds: number;
  /** Start of the session by valetkey's clock; epoch seconds. */
  readonly startedAt: number;
}

/** Client errors of STS that mean an outage or a throttle. Any other client error is a refusal. */
const PASSING = new Set([
  "Throttling",
  "ThrottlingException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "InternalFailure",
  "IDPCommunicationError",
]);

/**
 * Assumes a task role and returns the session's credentials with their expiry.
 * @throws {Refusal} sts_refused, sts_unavailable, intent_too_large.
 */
export async function assumeTaskRole(assumeRole: AssumeRole, partition: string, session: TaskSession) {
  const { account, role, path, agent, sourceIdentity, policy, durationSeconds, startedAt } = session;
  const tags = {
    [SESSION_TAGS.agent]: agent,
    [SESSION_TAGS.task]: path,
    [SESSION_TAGS.started]: String(startedAt),
    ...(session.personTag === undefined ? {} : { [PERSON_TAG]: session.personTag }),
  };
  const input = {
    RoleArn: `arn:${partition}:iam::${account}:role/${role}`,
    RoleSessionName: path,
    SourceIdentity: sourceIdentity,
    Policy: policy,
    DurationSeconds: durationSeconds,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    TransitiveTagKeys: Object.keys(tags),
  };
  const { Credentials, ...more } = await assumeRole(input).catch((error: unknown) => {
    throw refusalFor(error);
  });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
    throw new Refusal("sts_unavailable", { why: "an answer without credentials" });
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return { keys, expiresAt: Expiration, ...more };
}

function refusalFor(error: unknown): Refusal {
  const name = nameOf(error);
  if (name === "PackedPolicyTooLargeException" || name === "PackedPolicyTooLarge") {
    return new Refusal("intent_too_large", { say: "STS cannot pack it into a session token.", why: name });
  }
  return isClientFault(error) && !PASSING.has(name)
    ? new Refusal("sts_refused", { why: name })
    : new Refusal("sts_unavailable", { why: name, retryAfterSeconds: 1 });
}
