import type { ApproverGroup } from "../deployment/approver-group.ts";
import type { Deployment } from "../deployment/deployment.ts";
import { isSamePerson, type Person } from "../identity/person.ts";
import { needsConsent, THE_PERSON } from "../policy/needed-votes.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import { GROUP_TIMES } from "./group-times.ts";

/** Configuration that contains the groups. */
type Configured = Pick<Deployment, "approvers" | "issuers">;
type Requested = Pick<ApprovalRecord, "needed" | "person">;

/** True for the person for whom the task acts, where the request needs that person's own vote. */
export const isAskedForConsent = (person: Person, { needed, person: own }: Requested): boolean =>
  own !== undefined && needsConsent(needed) && isSamePerson(own, person);

/**
 * Lists the groups whose votes are needed. For `@consent` it is a group with one member, the person for whom the task
 * acts. No entry of `valetkey.json` adds a member to that group.
 */
export const askedGroups = (
  requested: Requested,
  { approvers = [], issuers }: Configured,
): readonly ApproverGroup[] => [
  ...approvers.filter(({ name }) => name !== THE_PERSON && requested.needed.some(({ group }) => group === name)),
  ...(requested.person && needsConsent(requested.needed) ? [groupOf(requested.person, issuers)] : []),
];

/** Makes the group whose only member is the person, with the sign-in that the client of their issuer requires. */
const groupOf = ({ issuer, value }: Person, issuers: Configured["issuers"]): ApproverGroup => ({
  name: THE_PERSON,
  issuer,
  members: { persons: [value] },
  ...acrOf(issuers.find(({ name }) => name === issuer)),
  ...GROUP_TIMES,
  notify: [],
});

const acrOf = (issuer: Configured["issuers"][number] | undefined) =>
  issuer?.approvals?.acr ? { acr: issuer.approvals.acr } : {};
