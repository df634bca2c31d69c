import { atOnce } from "../core/at-once.ts";
import type { Account } from "../core/deployment/deployment.ts";
import { type AccountHalt, deadBy } from "../core/escalation/account-halt.ts";
import type { Ports } from "../core/ports.ts";
import { mayBeAlive } from "../core/revocation/role-entry.ts";
import { endAtOnce } from "../steps/tasks/end-at-once.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { everyRole } from "../steps/tasks/every-role.ts";

/** Roles that are looked at together. */
const AT_ONCE = 10;

/** Time for which a request ends tasks; milliseconds. A repeat continues. */
const WORK_MS = 20_000;

/**
 * Ends the tasks that may have a live session in a halted account. A task that is being opened reads the halt after it wrote its entry in the role, so
 * it withdraws itself or is in the list.
 * @returns ended tasks, those that are left, and the account's state: `retired` once no session of it can be alive.
 * @throws {Refusal} the first refusal of an ending, once all others were tried.
 */
export async function endAllIn(
  account: Account,
  halt: AccountHalt,
  by: string,
  ports: Pick<Ports, "roles" | "tasks" | "clock">,
): Promise<Readonly<Record<string, unknown>>> {
  const nowMs = ports.clock.nowMs();
  const entries = await atOnce(AT_ONCE, everyRole({ accounts: [account] }), async (role) =>
    (await ports.roles.issued(role, nowMs / 1_000)).filter((entry) => mayBeAlive(entry, nowMs / 1_000)),
  );
  const paths = new Set(entries.flat().flatMap(({ path, endedAt }) => (endedAt === undefined ? [path] : [])));
  const endings = [...paths].map((path) => async () => (await endTask(path, { status: "revoked" }, by, ports)).ended);
  const { ended, left } = await endAtOnce(endings, nowMs + WORK_MS, ports);
  const isOver = left === 0 && ports.clock.nowMs() / 1_000 > deadBy(halt);
  return { state: isOver ? "retired" : "retiring", ended_tasks: ended.length, ended, left };
}
