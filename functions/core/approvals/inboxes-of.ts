import type { Person } from "../identity/person.ts";
import { THE_PERSON } from "../policy/needed-votes.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { Inbox } from "./approvals.ts";
import { askedGroups } from "./asked-groups.ts";

/** Lists the inboxes of a request, each once. For a consent it is that of the person for whom the task acts. */
export const inboxesOf = (
  record: Pick<ApprovalRecord, "needed" | "person">,
  configured: Parameters<typeof askedGroups>[1],
): readonly Inbox[] =>
  askedGroups(record, configured).map(({ issuer, name }) =>
    record.person && name === THE_PERSON ? inboxOfPerson(record.person) : { issuer, group: name },
  );

/** Returns the inbox of one person's consents. No group's name contains an at sign. */
export const inboxOfPerson = ({ issuer, value }: Person): Inbox => ({ issuer, group: `@${value}` });
