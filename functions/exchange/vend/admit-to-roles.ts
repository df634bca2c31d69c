import type { PlannedLease } from "../../connectors/aws/plan-leases.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { charactersOf, hasRoom } from "../../core/revocation/load.ts";
import type { Task } from "../../core/tasks/task.ts";

/** Seconds after which the request may be repeated. A task's name leaves a revocation policy within half a minute of the task's end. */
const RETRY_SECONDS = 10;

/**
 * Refuses unless the revocation policies of the leases' roles have room for the task, and counts the task there. Runs before anything is issued or
 * written. A role whose policy overflows would have to deny live tasks together with ended ones.
 * @throws {Refusal} role_full, store_unavailable.
 */
export async function admitToRoles(
  task: Pick<Task, "path" | "agent">,
  planned: readonly PlannedLease[],
  ports: Pick<Ports, "loads">,
): Promise<void> {
  const roles = [...new Map(planned.map(({ lease: { account, role } }) => [`${account}#${role}`, { account, role }]))];
  const characters = charactersOf(task.path);
  const loads = await Promise.all(roles.map(([, role]) => ports.loads.read(role)));
  if (!loads.every((load) => hasRoom(load, task.agent, characters)))
    throw new Refusal("role_full", { why: roles.map(([name]) => name).join(" "), retryAfterSeconds: RETRY_SECONDS });
  for (const [, role] of roles) ports.loads.recordOpened(role, task.agent, characters);
}
