import type { ApproverGroup } from "../deployment/approver-group.ts";
import type { ApprovalRecord } from "./approval-record.ts";

/** Times of a group that names none; seconds. */
export const GROUP_TIMES = { timeoutSeconds: 900, useWithinSeconds: 300 } as const;

type Asked = Pick<ApprovalRecord, "needed">;
interface Groups {
  readonly approvers?: readonly ApproverGroup[];
}

/** Shortest time for which one of the groups is asked; seconds. */
export const timeoutOf = (asked: Asked, groups: Groups): number => shortest("timeoutSeconds", asked, groups);

/** Shortest time within which one of the asked groups has its approvals used; seconds. */
export const useWithinOf = (asked: Asked, groups: Groups): number => shortest("useWithinSeconds", asked, groups);

/** A group that is configured no more has the default. */
const shortest = (time: keyof typeof GROUP_TIMES, { needed }: Asked, { approvers = [] }: Groups): number =>
  Math.min(...needed.map(({ group }) => (approvers.find(({ name }) => name === group) ?? GROUP_TIMES)[time]));
