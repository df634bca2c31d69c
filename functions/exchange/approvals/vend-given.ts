import { Refusal } from "../../core/refusal.ts";
import { authoriseTask } from "../../steps/tasks/authorise-task.ts";
import { confirmLeases, type Issued } from "../vend/confirm-leases.ts";
import type { OpenedTask } from "../vend/opened-task.ts";
import { readLive, vendAgain } from "../vend/reopen-task.ts";
import type { AskNeeds } from "./approval-now.ts";
import { settleApproval } from "./settle-approval.ts";
import type { WaitingTask } from "./waiting-task.ts";

/**
 * Vends a task whose approval was given before, by a standing approval or for the request that this one repeats.
 * @returns undefined where an issuer cannot be reached, so that the task waits on.
 * @throws {Refusal} approval_void, approval_denied, approval_expired where the approval has changed a moment ago, and those of a use.
 */
export async function vendGiven(
  { task, token, record, hash }: WaitingTask,
  sourceIp: string,
  ports: AskNeeds,
): Promise<Issued<OpenedTask> | undefined> {
  try {
    const lineage = await readLive(task.path, ports);
    const asking = { ...lineage.task, approval: { id: record.id, hash } };
    const used = await settleApproval(asking, sourceIp, ports);
    const opened = used ?? (await vendAgain(task.path, token, await authoriseTask(lineage, sourceIp, ports), ports));
    return await confirmLeases({ ...opened, token }, ports);
  } catch (error) {
    if (error instanceof Refusal && error.code === "authorization_pending") return undefined;
    throw error;
  }
}
