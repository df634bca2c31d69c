import { runAtOnce } from "../core/at-once.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Log } from "../core/ports.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import type { RoleLoads } from "../core/revocation/load.ts";
import { mayBeAlive, type RoleEntry } from "../core/revocation/role-entry.ts";
import type { RoleRef, Roles } from "../core/revocation/roles.ts";
import type { TaskPath } from "../core/task-path.ts";
import { firstLookMinute } from "../core/tasks/task.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import type { Swept } from "./end-due.ts";
import { type SettlePorts, settleDue } from "./settle-due.ts";

export interface EndHeldPorts extends SettlePorts {
  readonly deployment: Pick<Deployment, "accounts" | "prefix">;
  readonly roles: Roles;
  readonly loads: Pick<RoleLoads, "reportLiving">;
  readonly log: Log;
}

/** Task that the lists of the task roles show as alive. */
export interface HeldTask {
  readonly path: TaskPath;
  /** Deadline, or the fence in an entry of an earlier release; epoch seconds. */
  readonly dueAt: number;
  /** Minute in which the task counts as abandoned unless it was confirmed; minutes since the epoch. */
  readonly lookMinute: number;
  /** Entries of the task, one for each role. */
  readonly entries: readonly (RoleEntry & { readonly role: RoleRef })[];
}

/** Roles that are listed at the same time. */
const AT_ONCE = 16;

/** Time past its deadline from which a task that cannot be ended is overdue; seconds. A task of the due list has had its last attempt by then. */
const OVERDUE_SECONDS = 1_860;

/**
 * Lists the tasks that have sessions in any role of the deployment, former roles included. A list that cannot be read does not block the others.
 * @returns the tasks, and whether the record could be reached for each role.
 */
export async function heldTasks(ports: EndHeldPorts): Promise<{ held: readonly HeldTask[]; isWhole: boolean }> {
  let isWhole = true;
  const { results } = await runAtOnce(AT_ONCE, everyRole(ports.deployment), async (role) => {
    try {
      return (await ports.roles.living(role)).map((entry) => ({ ...entry, role }));
    } catch (error) {
      isWhole &&= !isOutage(error);
      ports.log.write({ level: "error", event: "sweep_failed", ...role, why: reasonOf(error) });
      return [];
    }
  });
  return { held: [...Map.groupBy(results.flat(), ({ path }) => path)].map(heldTask), isWhole };
}

function heldTask([path, entries]: readonly [TaskPath, HeldTask["entries"]]): HeldTask {
  const expiresAt = Math.max(...entries.map((entry) => entry.expiresAt ?? entry.fenceAt));
  const openedAt = Math.max(...entries.map((entry) => entry.openedAt));
  return { path, entries, dueAt: expiresAt, lookMinute: firstLookMinute({ openedAt, expiresAt }) };
}

/**
 * Settles a task with sessions. Never throws: one task must not block the others. The task's ending removes its entries. A failure at a deadline (`put off`, in
 * the end `overdue`) is retried in the next minute. `stuck`: the record cannot be reached.
 */
export async function endHeld(held: HeldTask, ports: EndHeldPorts): Promise<Swept> {
  try {
    const { what } = await settleDue(held.path, ports);
    if (what === "had ended") await forgetLeftBehind(held, ports);
    return what;
  } catch (error) {
    ports.log.write({ level: "error", event: "sweep_failed", task: held.path, why: reasonOf(error) });
    if (ports.clock.nowMs() / 1_000 >= held.dueAt + OVERDUE_SECONDS) {
      ports.log.write({ level: "error", event: "overdue", task: held.path });
      return "overdue";
    }
    return isOutage(error) ? "stuck" : "put off";
  }
}

/** Removes the ended task's entries in roles that its lease had left, once no session there may be alive. */
async function forgetLeftBehind({ path, entries }: HeldTask, { roles, clock }: EndHeldPorts): Promise<void> {
  const nowSeconds = clock.nowMs() / 1_000;
  for (const entry of entries) if (!mayBeAlive(entry, nowSeconds)) await roles.forget(entry.role, path);
}

const isOutage = (error: unknown): boolean => error instanceof Refusal && error.isOutage;
