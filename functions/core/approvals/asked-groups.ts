import type { ApproverGroup } from "../deployment/approver-group.ts";
import type { Deployment } from "../deployment/deployment.ts";
import { isSamePerson, type Person } from "../identity/person.ts";
import { needsConsent, THE_PERSON } from "../policy/needed-votes.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import { GROUP_TIMES } from "./group-times.ts";

/** Configuration that groups are read from. */
type Configured = Pick<Deployment, "approvers" | "issuers">;
type Asked = Pick<ApprovalRecord, "needed" | "person">;

/** True for the person whose own vote the request needs: the one for whom the task acts, as the record says. */
export const isAskedForConsent = (person: Person, { needed, person: own }: Asked): boolean =>
  own !== undefined && needsConsent(needed) && isSamePerson(own, person);

/**
 * Lists the groups that are asked: those of `valetkey.json`, and for `@consent` a group of one, the person for whom the task acts. Nobody else is in it,
 * whatever `valetkey.json` says.
 */
export const askedGroups = (asked: Asked, { approvers = [], issuers }: Configured): readonly ApproverGroup[] => [
  ...approvers.filter(({ name }) => name !== THE_PERSON && asked.needed.some(({ group }) => group === name)),
  ...(asked.person && needsConsent(asked.needed) ? [groupOf(asked.person, issuers)] : []),
];

/** Makes the group of the person alone, which asks for the sign-in that their issuer's client names. */
const groupOf = ({ issuer, value }: Person, issuers: Configured["issuers"]): ApproverGroup => ({
  ...{ name: THE_PERSON, issuer, members: { persons: [value] } },
  ...acrOf(issuers.find(({ name }) => name === issuer)),
  ...GROUP_TIMES,
  notify: [],
});

const acrOf = (issuer: Configured["issuers"][number] | undefined) =>
  issuer?.approvals?.acr ? { acr: issuer.approvals.acr } : {};
