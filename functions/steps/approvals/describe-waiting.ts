import type { ShownTask } from "../../../contract/tasks.ts";
import { useFor } from "../../core/approvals/standing-uses.ts";
import type { Ports } from "../../core/ports.ts";
import type { Task } from "../../core/tasks/task.ts";

/**
 * Describes the wait of a live task for people; returns no fields for a task that waits for nobody. Omits the votes:
 * only the functions that verify votes may read them.
 */
export async function describeWaiting(
  { path, status, approval }: Pick<Task, "path" | "status" | "approval">,
  ports: Pick<Ports, "approvals">,
): Promise<Partial<Pick<ShownTask, "status" | "approval">>> {
  if (status !== "active" || !approval) return {};
  const stored = await (await ports.approvals()).read(approval.id);
  if (useFor(stored, path)) return {};
  const { record } = stored;
  return { status: "pending_approval", approval: { ...approval, needed: record?.needed ?? [] } };
}
