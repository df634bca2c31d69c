import type { ShownTask } from "../../../contract/tasks.ts";
import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import { useWithinOf } from "../../core/approvals/group-times.ts";
import { useFor } from "../../core/approvals/standing-uses.ts";
import type { AnnouncedDecision } from "../../core/approvals/stored-approval.ts";
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
  const state = stored.void ? "void" : stateOf(record, announced, ports);
  return {
    status: "pending_approval",
    approval: {
      ...{ ...approval, needed: record?.needed ?? [], state },
      ...(announced && state === announced.decision ? { decided: describeDecision(announced) } : {}),
    },
  };
}

type WaitingState = NonNullable<ShownTask["approval"]>["state"];

/** Names the state of the request: as people decided, unless its time is over. */
function stateOf(
  record: ApprovalRecord | undefined,
  announced: AnnouncedDecision | undefined,
  { clock, deployment }: Pick<Ports, "clock" | "deployment">,
): WaitingState {
  if (!record) return "void";
  const nowSeconds = clock.nowMs() / 1_000;
  if (announced?.decision !== "approved")
    return announced?.decision ?? (nowSeconds < record.expires_at ? "pending" : "expired");
  return nowSeconds < announced.at + useWithinOf(record, deployment) ? "approved" : "expired";
}

/** Describes who decided, when and why. An approval names nobody here: several people may have given it. */
function describeDecision(announced: AnnouncedDecision): NonNullable<NonNullable<ShownTask["approval"]>["decided"]> {
  const at = isoSeconds(announced.at);
  if (announced.decision === "approved") return { at };
  const { by, reason } = announced;
  return {
    ...(by.issuer === "" || by.value === "" ? {} : { by: personId(by) }),
    at,
    ...(reason === undefined ? {} : { reason }),
  };
}
