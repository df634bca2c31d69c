import type { ContextValues, Need } from "./need.ts";
import { type Session, sessionUserId } from "./sessions.ts";

/** Facts of a request that become condition keys. */
export interface RequestFacts {
  readonly now: number;
  readonly region: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** Path of each account's organisational unit, where it has one. */
  readonly orgPaths: ReadonlyMap<string, string>;
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
    // Loopback counts as the TLS endpoint of AWS: a policy that insists on TLS must not fail here only.
    "aws:SecureTransport": "true",
    "aws:SourceIp": facts.sourceIp,
    "aws:TokenIssueTime": new Date(session.issuedAt).toISOString(),
    "aws:UserAgent": facts.userAgent,
    "aws:ViaAWSService": "false",
    "aws:userid": sessionUserId(session),
    ...orgPath("aws:PrincipalOrgPaths", role.account, facts),
    ...orgPath("aws:ResourceOrgPaths", need.resourceAccount, facts),
    ...Object.fromEntries(tags),
    ...(session.sourceIdentity === undefined ? {} : { "aws:SourceIdentity": session.sourceIdentity }),
    ...need.context,
  };
}

/** A key of several values, and absent for an account of no organisation. */
function orgPath(key: string, account: string, { orgPaths }: RequestFacts): ContextValues {
  const path = orgPaths.get(account);
  return path === undefined ? {} : { [key]: [path] };
}
