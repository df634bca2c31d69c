import type { ShownTask } from "../../../contract/tasks.ts";
import { type ApprovalState, approvalState } from "../../core/approvals/approval-state.ts";
import { useWithinOf } from "../../core/approvals/group-times.ts";
import { useFor } from "../../core/approvals/standing-uses.ts";
import type { AnnouncedDecision, StoredApproval, StoredOutcome } from "../../core/approvals/stored-approval.ts";
import { defined } from "../../core/defined.ts";
import { personId } from "../../core/identity/person.ts";
import type { Ports } from "../../core/ports.ts";
import type { Task } from "../../core/tasks/task.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";

/**
 * Describes the wait of a live task for people; returns no fields for a task that waits for nobody. Omits the votes:
 * only the functions that verify votes may read them.
 */
export async function describeWaiting(
  { path, status, approval }: Pick<Task, "path" | "status" | "approval">,
  ports: Pick<Ports, "approvals" | "clock" | "deployment">,
): Promise<Partial<Pick<ShownTask, "status" | "approval">>> {
  if (status !== "active" || !approval) return {};
  const approvals = await ports.approvals();
  const stored = await approvals.read(approval.id);
  if (useFor(stored, path)) return {};
  const { record } = stored;
  const announced = await approvals.readAnnounced(approval.id);
  const state = stateOf(stored, announced, ports);
  return {
    status: "pending_approval",
    approval: {
      ...{ ...approval, needed: record?.needed ?? [], state },
      ...(announced && state === announced.decision ? { decided: describeDecision(announced) } : {}),
    },
  };
}

/** Computes the state of the request, as the exchange does, from how `approve` announced that people decided. */
function stateOf(
  { record, void: found }: StoredApproval,
  announced: AnnouncedDecision | undefined,
  { clock, deployment }: Pick<Ports, "clock" | "deployment">,
): ApprovalState {
  if (!record) return "void";
  const facts = {
    ...{ record, isUsed: false, isCancelled: false, isVoid: found !== undefined },
    ...(announced?.decision === "approved" ? { filledAt: announced.at } : defined({ outcome: announced?.decision })),
    useWithinSeconds: useWithinOf(record, deployment),
  };
  return approvalState(facts, clock.nowMs() / 1_000);
}

/** Describes who decided, when and why. An approval names nobody here: several people may have given it. */
const describeDecision = (announced: AnnouncedDecision): Decided =>
  announced.decision === "approved" ? { at: isoSeconds(announced.at) } : describeAgainst(announced);

type Decided = NonNullable<NonNullable<ShownTask["approval"]>["decided"]>;

/** Describes a decision against a request. Names nobody where the stored decision cannot be read. */
export const describeAgainst = ({ by, at, reason }: Pick<StoredOutcome, "at" | "by" | "reason">): Decided => ({
  ...(by.issuer === "" || by.value === "" ? {} : { by: personId(by) }),
  at: isoSeconds(at),
  ...defined({ reason }),
});
