import type { Deployment } from "../core/deployment.ts";
import type { Clock, Log, RoleQueue, Tasks } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { taskRoleName } from "../names.ts";
import { endTask } from "../steps/end-task.ts";

export interface SweepPorts {
  readonly deployment: Pick<Deployment, "accounts">;
  readonly tasks: Tasks;
  readonly queue: RoleQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** How far back a sweep looks, in minutes: a rule that did not fire for a while is made good. */
const BACK_MINUTES = 10;

/**
 * Each minute: the tasks that are past their deadline end, and every role's revocation policy is rendered anew, which heals whatever
 * went wrong with the last one. One task that cannot be ended does not keep the others.
 */
export async function sweep(ports: SweepPorts): Promise<{ readonly ended: number; readonly failed: number }> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const minute = Math.floor(nowSeconds / 60);
  const minutes = Array.from({ length: BACK_MINUTES + 1 }, (_, back) => minute - back);
  const due = (await Promise.all(minutes.map((each) => ports.tasks.due(each)))).flat();
  let [ended, failed] = [0, 0];
  for (const path of due) {
    try {
      const task = await ports.tasks.read(path);
      if (task?.status !== "active" || nowSeconds < task.expiresAt) continue;
      await endTask(path, { status: "expired" }, "deadline", ports);
      ended += 1;
    } catch (error) {
      failed += 1;
      ports.log.write({ level: "error", event: "sweep_failed", task: path, why: reasonOf(error) });
    }
  }
  const roles = ports.deployment.accounts.flatMap(({ id, taskRoles }) =>
    Array.from({ length: taskRoles }, (_, index) => ({ account: id, role: taskRoleName(index) })),
  );
  await ports.queue.send(roles);
  ports.log.write({ level: failed > 0 ? "error" : "info", event: "swept", due: due.length, ended, failed });
  return { ended, failed };
}
