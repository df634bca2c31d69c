import type { ApproverGroup } from "../deployment/approver-group.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { Inbox } from "./approvals.ts";

/** Lists the inboxes of the groups that are asked, each once. */
export const inboxesOf = (
  { needed }: Pick<ApprovalRecord, "needed">,
  { approvers = [] }: { readonly approvers?: readonly ApproverGroup[] },
): readonly Inbox[] =>
  approvers
    .filter(({ name }) => needed.some(({ group }) => group === name))
    .map(({ issuer, name }) => ({ issuer, group: name }));
