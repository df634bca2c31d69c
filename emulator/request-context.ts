import type { ContextValues, Need } from "./need.ts";
import { type Session, sessionUserId } from "./sessions.ts";

/** Facts of a request that become condition keys. */
export interface RequestFacts {
  readonly now: number;
  readonly region: string;
  readonly sourceIp: string;
  readonly userAgent: string;
}

/** The condition keys of one need: who calls, from where, when, and what the service says about the call. */
export function requestContext(session: Session, need: Need, facts: RequestFacts): ContextValues {
  const { role } = session;
  const tags = [...session.tags].map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const);
  return {
    "aws:CurrentTime": new Date(facts.now).toISOString(),
    "aws:EpochTime": String(Math.floor(facts.now / 1000)),
    "aws:PrincipalAccount": role.account,
    // The role's ARN, not the session's: so AWS defines this key.
    "aws:PrincipalArn": role.arn,
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalType": "AssumedRole",
    "aws:RequestedRegion": facts.region,
    "aws:ResourceAccount": need.resourceAccount,
    // Loopback stands for the TLS endpoint of AWS: a policy that insists on TLS must not fail here only.
    "aws:SecureTransport": "true",
    "aws:SourceIp": facts.sourceIp,
    "aws:TokenIssueTime": new Date(session.issuedAt).toISOString(),
    "aws:UserAgent": facts.userAgent,
    "aws:ViaAWSService": "false",
    "aws:userid": sessionUserId(session),
    ...Object.fromEntries(tags),
    ...(session.sourceIdentity === undefined ? {} : { "aws:SourceIdentity": session.sourceIdentity }),
    ...need.context,
  };
}
