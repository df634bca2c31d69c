import type { ApproverGroup } from "../deployment/approver-group.ts";
import type { ApprovalRecord } from "./approval-record.ts";

/** Default times of a group; seconds. */
export const GROUP_TIMES = { timeoutSeconds: 900, useWithinSeconds: 300 } as const;

type Requested = Pick<ApprovalRecord, "needed">;
interface Groups {
  readonly approvers?: readonly ApproverGroup[];
}

/** Returns the shortest time for which one of the needed groups can vote; seconds. */
export const timeoutOf = (requested: Requested, groups: Groups): number =>
  shortest("timeoutSeconds", requested, groups);

/** Returns the shortest time within which an approval of one of the needed groups has to be used; seconds. */
export const useWithinOf = (requested: Requested, groups: Groups): number =>
  shortest("useWithinSeconds", requested, groups);

/** Returns the shortest of the groups' times. A group that is no longer configured has the default. */
const shortest = (time: keyof typeof GROUP_TIMES, { needed }: Requested, { approvers = [] }: Groups): number =>
  Math.min(...needed.map(({ group }) => (approvers.find(({ name }) => name === group) ?? GROUP_TIMES)[time]));
