import type { ApprovalRecord } from "./approval-record.ts";
import type { ApproverGroup } from "./approver-group.ts";

/** Seconds within which an approval must be used, where no group says otherwise. */
const USE_WITHIN_SECONDS = 300;

/** Shortest time within which one of the asked groups has its approvals used; seconds. */
export const useWithinOf = (
  { needed }: Pick<ApprovalRecord, "needed">,
  { approvers = [] }: { readonly approvers?: readonly ApproverGroup[] },
): number =>
  Math.min(
    ...needed.map(({ group }) => approvers.find(({ name }) => name === group)?.useWithinSeconds ?? USE_WITHIN_SECONDS),
  );
