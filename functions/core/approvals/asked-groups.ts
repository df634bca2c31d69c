import type { ApproverGroup } from "../deployment/approver-group.ts";
import { isSamePerson, type Person } from "../identity/person.ts";
import { needsConsent, THE_PERSON } from "../policy/needed-votes.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import { GROUP_TIMES } from "./group-times.ts";

type Asked = Pick<ApprovalRecord, "needed" | "person">;

/** True for the person whose own vote the request needs: the one for whom the task acts, as the record says. */
export const isAskedForConsent = (person: Person, { needed, person: own }: Asked): boolean =>
  own !== undefined && needsConsent(needed) && isSamePerson(own, person);

/**
 * Lists the groups that are asked: those of `valetkey.json`, and for `@consent` a group of one, the person for whom the task acts. Nobody else is in it,
 * whatever `valetkey.json` says.
 */
export const askedGroups = (asked: Asked, approvers: readonly ApproverGroup[] = []): readonly ApproverGroup[] => [
  ...approvers.filter(({ name }) => name !== THE_PERSON && asked.needed.some(({ group }) => group === name)),
  ...(asked.person && needsConsent(asked.needed) ? [groupOf(asked.person)] : []),
];

const groupOf = ({ issuer, value }: Person): ApproverGroup => ({
  ...{ name: THE_PERSON, issuer, members: { persons: [value] } },
  ...GROUP_TIMES,
  notify: [],
});
