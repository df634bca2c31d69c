import { queryAnswer } from "../answers.ts";
import { parsePolicy } from "../policy-document.ts";
import type { Call, Caller } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { newKeyId, sessionArn, sessionUserId } from "../sessions.ts";
import { type AssumeRolePorts, STS_NAMESPACE } from "./assume-role.ts";
import { POLICY_LIMIT_CHARACTERS } from "./assume-role-input.ts";
import { packedPolicySize } from "./packed-policy.ts";
import type { QueryInput } from "./query-input.ts";

const LAYERS_LIMIT = 3;
const MAX_DURATION_SECONDS = 129_600;

/**
 * GetScopedCredentials: copies the caller's session under another key. The copy must pass one policy more and does not
 * live longer. The call needs no right: even a session that is denied everything may make it. The copy has the
 * session's identity and tags. AWS does not document the copy's issue time. Here it is a new one, the harder case for a
 * revocation by issue time.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
 */
export async function scopedCredentials(query: QueryInput, caller: Caller, ports: AssumeRolePorts): Promise<Call> {
  const { session } = caller;
  const policyText = query.text("Policy");
  const durationText = query.text("DurationSeconds");
  if (policyText === undefined && durationText === undefined) throw invalid("Policy or DurationSeconds is required");
  if ((policyText?.length ?? 0) > POLICY_LIMIT_CHARACTERS) throw invalid("Policy is longer than 2,048 characters");
  const seconds = durationText === undefined ? undefined : Number(durationText);
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_DURATION_SECONDS))
    throw invalid("DurationSeconds is out of range");
  const layers = session.scopeDown ?? [];
  if (policyText !== undefined && layers.length >= LAYERS_LIMIT)
    throw new ServiceError("AccessDenied", `A session takes ${LAYERS_LIMIT} scope-down policies.`, 403);
  const policy = policyText === undefined ? [] : [parsePolicy(policyText)];
  const percent = packedPolicySize(policyText, session.tags);
  const now = ports.now();
  const issuedAt = Math.floor(now / 1_000) * 1_000;
  const wanted = seconds === undefined ? session.expiresAt : issuedAt + seconds * 1_000;
  if (wanted > session.expiresAt)
    throw new ServiceError("InsufficientSessionLifetime", "The calling session ends before that.", 400);
  const copyKeyId = newKeyId();
  return {
    operation: "GetScopedCredentials",
    needs: [{ action: "sts:GetScopedCredentials", resource: "*", resourceAccount: caller.account, copyKeyId }],
    perform: () => {
      const { credentials: _own, ...spec } = session;
      const scoped = ports.sessions.issue(
        { ...spec, issuedAt, expiresAt: wanted, scopeDown: [...layers, ...policy] },
        now,
        copyKeyId,
      );
      return queryAnswer(
        "GetScopedCredentials",
        {
          Credentials: {
            AccessKeyId: scoped.credentials.accessKeyId,
            SecretAccessKey: scoped.credentials.secretAccessKey,
            SessionToken: scoped.credentials.sessionToken,
            Expiration: new Date(scoped.expiresAt).toISOString().replace(".000Z", "Z"),
          },
          SessionInfo: { ScopedSessionId: sessionUserId(session), Arn: sessionArn(session) },
          SessionTokenUtilization: percent,
          ScopedPoliciesCount: layers.length + policy.length,
          ...(session.sourceIdentity === undefined ? {} : { SourceIdentity: session.sourceIdentity }),
        },
        STS_NAMESPACE,
      );
    },
  };
}

const invalid = (message: string): ServiceError => new ServiceError("ValidationError", message, 400);
