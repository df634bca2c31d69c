import { GetAccountSummaryCommand, IAMClient } from "@aws-sdk/client-iam";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, becomesDenied, by, copyOf, type Keys, mayList, sessionOf } from "../session.ts";
import { makePolicy, makeRole, policyOf, putPolicy } from "../things/role.ts";
import type { Workshop } from "../workshop.ts";

const LIST = "s3:ListAllMyBuckets";
const MAY_LIST = { Effect: "Allow", Action: LIST, Resource: "*" } as const;
const ALL = policyOf({ Effect: "Allow", Action: "*", Resource: "*" });
const UNSEEN = notKnown("the role itself may not do what is tried");

/** Tries whether a copy of a session has its name, source identity and tags, each by a condition of its own. */
export async function copiesKeepTheirMarks(workshop: Workshop): Promise<Seen> {
  const conditions = {
    "the tags": { StringEquals: { "aws:PrincipalTag/probe": "right" } },
    "the source identity": { StringEquals: { "aws:SourceIdentity": "assumption" } },
    "the name": { StringLike: { "aws:userid": "*:assumption" } },
  };
  const lost: string[] = [];
  for (const [what, Condition] of Object.entries(conditions)) {
    const role = await makeRole(workshop, policyOf({ ...MAY_LIST, Condition }));
    const session = await sessionOf(workshop, role, { sourceIdentity: "assumption", tags: { probe: "right" } });
    if (!(await becomesAllowed(workshop, () => mayList(workshop, session))))
      return notKnown(`the session itself is not seen with ${what}`);
    if (!(await mayList(workshop, await copyOf(workshop, session, ALL)))) lost.push(what);
  }
  if (lost.length > 0) return failsToHold(`a copy lacks ${lost.join(", ")}`);
  const Condition = { StringEquals: { "aws:PrincipalTag/probe": "wrong" } };
  const role = await makeRole(workshop, policyOf({ ...MAY_LIST, Condition }));
  const unheld = await copyOf(workshop, await sessionOf(workshop, role, { tags: { probe: "right" } }), ALL);
  return (await mayList(workshop, unheld))
    ? notKnown("a condition that is not met allows as well: the endpoint ignores conditions")
    : holds("a copy was seen with all three");
}

/** Tries whether a Deny of a session policy holds for a copy whose own policy allows all. */
export async function denyHoldsForCopies(workshop: Workshop): Promise<Seen> {
  const role = await makeRole(workshop, policyOf(MAY_LIST));
  const free = await sessionOf(workshop, role);
  if (!(await becomesAllowed(workshop, () => mayList(workshop, free)))) return UNSEEN;
  if (!(await mayList(workshop, await copyOf(workshop, free, ALL))))
    return notKnown("a copy of a session without a Deny is denied as well");
  const policy = policyOf({ Effect: "Allow", Action: "*", Resource: "*" }, { ...MAY_LIST, Effect: "Deny" });
  const denied = await sessionOf(workshop, role, { policy });
  if (await mayList(workshop, denied)) return failsToHold("the Deny does not hold for the session itself");
  return (await mayList(workshop, await copyOf(workshop, denied, ALL)))
    ? failsToHold("a copy may do what its session is denied")
    : holds("a copy was denied what its session is denied");
}

/**
 * Tries whether a permissions boundary bounds its role's inline policy, for a session and for a copy of the session.
 */
export async function boundaryHoldsForCopies(workshop: Workshop): Promise<Seen> {
  const rights = policyOf({ Effect: "Allow", Action: [LIST, "iam:GetAccountSummary"], Resource: "*" });
  const mayCount = (keys: Keys) =>
    allowed(workshop, () => new IAMClient(by(workshop, keys)).send(new GetAccountSummaryCommand({})));
  const free = await sessionOf(workshop, await makeRole(workshop, rights));
  if (!(await becomesAllowed(workshop, () => mayCount(free)))) return UNSEEN;
  const boundary = await makePolicy(workshop, policyOf(MAY_LIST));
  const bounded = await sessionOf(workshop, await makeRole(workshop, rights, { boundary }));
  if (!(await becomesAllowed(workshop, () => mayList(workshop, bounded))))
    return notKnown("the bounded role may not do what its boundary allows");
  const copy = await copyOf(workshop, bounded, ALL);
  if (!(await mayList(workshop, copy))) return notKnown("a copy may not do what the boundary allows");
  if (await mayCount(bounded)) return failsToHold("a session may do what the boundary does not allow");
  return (await mayCount(copy))
    ? failsToHold("a copy may do what the boundary does not allow its session")
    : holds("neither a session nor its copy may do what the boundary does not allow");
}

/**
 * Tries whether a Deny by aws:TokenIssueTime reaches a copy that was made after the moment in the Deny. The console's
 * "Revoke active sessions" writes such a Deny.
 */
export async function issueTimeOfCopies(workshop: Workshop): Promise<Seen> {
  const role = await makeRole(workshop, policyOf(MAY_LIST));
  const session = await sessionOf(workshop, role);
  if (!(await becomesAllowed(workshop, () => mayList(workshop, session)))) return UNSEEN;
  const cutMs = session.issuedAtMs + 1_000;
  await workshop.pause(Math.max(0, cutMs + 1_100 - Date.now()));
  const copy = await copyOf(workshop, session, ALL);
  if (!(copy.issuedAtMs > cutMs)) return notKnown("STS does not say when the session and the copy were issued");
  if (!(await mayList(workshop, copy))) return notKnown("a copy may not do what its session may");
  const before = { DateLessThan: { "aws:TokenIssueTime": new Date(cutMs).toISOString() } };
  await putPolicy(workshop, role.name, policyOf(MAY_LIST, { ...MAY_LIST, Effect: "Deny", Condition: before }));
  if ((await becomesDenied(workshop, () => mayList(workshop, session))) === undefined)
    return notKnown("the session itself was not denied by its issue time");
  return (await staysAllowed(workshop, copy))
    ? failsToHold("the session was denied by its issue time, and a copy was not: it has another one, or none")
    : holds("the session was denied by its issue time, and so was a copy that was made later");
}

/** True where IAM did not deny the copy within the time that the probe waits. */
async function staysAllowed(workshop: Workshop, copy: Keys): Promise<boolean> {
  const { settleMs, pauseMs } = workshop.waits;
  for (const untilMs = Date.now() + settleMs; Date.now() < untilMs; await workshop.pause(pauseMs))
    if (!(await mayList(workshop, copy))) return false;
  return true;
}
