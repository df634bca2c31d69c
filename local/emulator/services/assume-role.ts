import { queryAnswer } from "../answers.ts";
import type { Need } from "../need.ts";
import { type PolicyDocument, parsePolicy } from "../policy-document.ts";
import type { Role, Roles } from "../roles.ts";
import type { Call, Caller } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { type Session, type Sessions, sessionArn, sessionUserId } from "../sessions.ts";
import type { Answer } from "../wire-request.ts";
import { type AssumeRoleInput, readAssumeRoleInput } from "./assume-role-input.ts";
import { packedPolicySize } from "./packed-policy.ts";
import type { QueryInput } from "./query-input.ts";

export const STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

export interface AssumeRolePorts {
  readonly roles: Roles;
  readonly sessions: Sessions;
  readonly now: () => number;
}

/** AssumeRole: lists the needs of the requested role, tags and source identity, and issues the session. */
export async function assumeRole(query: QueryInput, caller: Caller, ports: AssumeRolePorts): Promise<Call> {
  const input = readAssumeRoleInput(query, caller.session);
  const sourceIdentity = carriedSourceIdentity(input, caller.session);
  const policy = input.policyText === undefined ? undefined : parsePolicy(input.policyText);
  const packedPercent = packedPolicySize(input.policyText, input.tags);
  const role = ports.roles.find(input.roleArn);
  return {
    operation: "AssumeRole",
    needs: assumeRoleNeeds(input, caller.session, role, sourceIdentity),
    perform: () => {
      // Unreachable: the empty trust policy of a missing role has denied the need. The check is for the type.
      if (!role) throw new ServiceError("AccessDenied", `Role ${input.roleArn} does not exist`, 403);
      return issue(input, caller.session, role, ports, { sourceIdentity, policy, packedPercent });
    },
  };
}

/** Returns the source identity of the new session. A chain of sessions sets its source identity once. */
function carriedSourceIdentity(input: AssumeRoleInput, session: Session): string | undefined {
  const inherited = session.sourceIdentity;
  if (inherited !== undefined && input.sourceIdentity !== undefined && input.sourceIdentity !== inherited)
    throw new ServiceError("AccessDenied", "The source identity of a session cannot be changed.", 403);
  return inherited ?? input.sourceIdentity;
}

/** Trust policy of a missing role: empty, so that the role looks like one that does not trust the caller. */
const NO_TRUST: PolicyDocument = { Version: "2012-10-17", Statement: [] };

function assumeRoleNeeds(
  input: AssumeRoleInput,
  session: Session,
  role: Role | undefined,
  sourceIdentity: string | undefined,
): Need[] {
  const base = {
    resource: input.roleArn,
    resourceAccount: input.roleArn.split(":")[4] ?? "",
    resourcePolicy: role?.trust ?? NO_TRUST,
  };
  const tagKeys = [...input.tags.keys()];
  const context = {
    "sts:RoleSessionName": input.sessionName,
    ...Object.fromEntries([...input.tags].map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...Object.fromEntries(Object.entries(role?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    ...(tagKeys.length === 0 ? {} : { "aws:TagKeys": tagKeys }),
    ...(input.transitiveTagKeys.length === 0 ? {} : { "sts:TransitiveTagKeys": input.transitiveTagKeys }),
    ...(input.externalId === undefined ? {} : { "sts:ExternalId": input.externalId }),
    ...(sourceIdentity === undefined ? {} : { "sts:SourceIdentity": sourceIdentity }),
  };
  const needs: Need[] = [{ ...base, action: "sts:AssumeRole", context }];
  if (tagKeys.length > 0 || session.transitiveTagKeys.size > 0)
    needs.push({ ...base, action: "sts:TagSession", context });
  if (sourceIdentity !== undefined)
    needs.push({ ...base, action: "sts:SetSourceIdentity", context, needsIdentityAllow: true });
  return needs;
}

function issue(
  input: AssumeRoleInput,
  parent: Session,
  role: Role,
  ports: AssumeRolePorts,
  known: { sourceIdentity: string | undefined; policy: PolicyDocument | undefined; packedPercent: number },
): Answer {
  const now = ports.now();
  // STS states whole seconds, and the issue time is what revocation compares with.
  const issuedAt = Math.floor(now / 1000) * 1000;
  const inherited = [...parent.tags].filter(([key]) => parent.transitiveTagKeys.has(key));
  const session = ports.sessions.issue(
    {
      role,
      name: input.sessionName,
      issuedAt,
      expiresAt: issuedAt + input.durationSeconds * 1000,
      tags: new Map([...Object.entries(role.tags), ...input.tags, ...inherited]),
      transitiveTagKeys: new Set([...parent.transitiveTagKeys, ...input.transitiveTagKeys]),
      ...(known.policy === undefined ? {} : { policy: known.policy }),
      ...(known.sourceIdentity === undefined ? {} : { sourceIdentity: known.sourceIdentity }),
    },
    now,
  );
  const { credentials } = session;
  return queryAnswer(
    "AssumeRole",
    {
      ...(known.sourceIdentity === undefined ? {} : { SourceIdentity: known.sourceIdentity }),
      AssumedRoleUser: { AssumedRoleId: sessionUserId(session), Arn: sessionArn(session) },
      Credentials: {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        SessionToken: credentials.sessionToken,
        Expiration: new Date(session.expiresAt).toISOString().replace(".000Z", "Z"),
      },
      PackedPolicySize: known.packedPercent,
      SessionTokenUtilization: known.packedPercent,
    },
    STS_NAMESPACE,
  );
}
