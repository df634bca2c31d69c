import type { Deployment } from "../core/deployment.ts";
import type { RoleQueue, RoleRef } from "../core/ports.ts";
import { taskRoleName } from "../names.ts";
import type { EndDuePorts } from "./end-due.ts";
import { type SweptDue, sweepDue } from "./sweep-due.ts";

export interface SweepPorts extends EndDuePorts {
  readonly deployment: Pick<Deployment, "accounts">;
  readonly queue: RoleQueue;
}

/**
 * Each minute: the tasks that are past their deadline end, and every role's revocation policy is rendered anew, which heals whatever
 * went wrong with the last one. Neither waits for the other: an outage of one must not stop both.
 */
export async function sweep(ports: SweepPorts): Promise<SweptDue> {
  const [due, asked] = await Promise.allSettled([sweepDue(ports), ports.queue.send(everyRole(ports.deployment))]);
  if (due.status === "rejected") throw due.reason;
  const { minutes, ended, failed, lagSeconds } = due.value;
  ports.log.write({
    level: failed > 0 ? "error" : "info",
    event: "swept",
    minutes,
    ended,
    failed,
    lag_seconds: lagSeconds,
  });
  if (asked.status === "rejected") throw asked.reason;
  return due.value;
}

const everyRole = ({ accounts }: SweepPorts["deployment"]): readonly RoleRef[] =>
  accounts.flatMap(({ id, taskRoles }) =>
    Array.from({ length: taskRoles }, (_, index) => ({ account: id, role: taskRoleName(index) })),
  );
