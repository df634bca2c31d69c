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

/** Makes the condition keys of one need: the caller, address and time of the request, and the service's own keys. */
export function requestContext(session: Session, need: Need, facts: RequestFacts): ContextValues {
  const { role } = session;
  const tags = [...session.tags].map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const);
  return {
    "aws:CurrentTime": new Date(facts.now).toISOString(),
    "aws:EpochTime": String(Math.floor(facts.now / 1000)),
    "aws:PrincipalAccount": role.account,
    // AWS defines this key as the role's ARN, not the session's.
    "aws:PrincipalArn": role.arn,
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalType": "AssumedRole",
    "aws:RequestedRegion": facts.region,
    "aws:ResourceAccount": need.resourceAccount,
    // Loopback counts as a TLS endpoint of AWS, so that policies that require TLS work here.
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

/** Makes a condition key with several values; none for an account outside of an organisation. */
function orgPath(key: string, account: string, { orgPaths }: RequestFacts): ContextValues {
  const path = orgPaths.get(account);
  return path === undefined ? {} : { [key]: [path] };
}
