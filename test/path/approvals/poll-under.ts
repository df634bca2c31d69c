import { Refusal } from "../../../functions/core/refusal.ts";
import { settleApproval } from "../../../functions/exchange/approvals/settle-approval.ts";
import { confirmLeases } from "../../../functions/exchange/vend/confirm-leases.ts";
import { believeTask } from "../../../functions/steps/tasks/believe-task.ts";
import { cedarOf } from "../../unit/core/cedar-of.ts";
import { APPROVERS, type ApprovalScene } from "./approving.ts";

/** Polls for a task that waits, as the exchange does, under policies of these texts beside those of the approvers. */
export const pollUnder =
  (...texts: readonly string[]) =>
  async (ports: ApprovalScene["world"]["ports"], { id }: { readonly id: string }): Promise<unknown> => {
    const task = [...ports.tasks.tasks.values()].find(({ path }) => path === id);
    if (!task?.approval) throw new Error("no such task");
    const believed = await believeTask(task, ports, new Refusal("task_ended"));
    const opened = await settleApproval({ ...believed, approval: task.approval }, undefined, {
      ...ports,
      policies: cedarOf([...texts, APPROVERS]),
    });
    return opened && (await confirmLeases(opened, ports));
  };
