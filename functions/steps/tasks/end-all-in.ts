import { atOnce } from "../../core/at-once.ts";
import type { Account, Deployment } from "../../core/deployment/deployment.ts";
import type { Ports } from "../../core/ports.ts";
import { mayBeAlive } from "../../core/revocation/role-entry.ts";
import { type EndedTasks, endAtOnce } from "./end-at-once.ts";
import { endTask } from "./end-task.ts";
import { everyRole } from "./every-role.ts";

/** Upper bound on the roles whose lists are read at the same time. */
const AT_ONCE = 10;

/** Time after which no further ending is begun; milliseconds. A repeat continues. */
const WORK_MS = 20_000;

/**
 * Ends the tasks that may have a live session in a halted account, with those below them. An opening task first writes
 * its entry in the role and then reads the halt, so it is withdrawn or in the list.
 * @throws {Refusal} the first refusal of an ending, once all others were tried.
 */
export async function endAllIn(
  account: Account,
  by: string,
  ports: Pick<Ports, "roles" | "tasks" | "clock"> & { readonly deployment: Pick<Deployment, "prefix"> },
): Promise<EndedTasks> {
  const nowMs = ports.clock.nowMs();
  const entries = await atOnce(AT_ONCE, everyRole({ ...ports.deployment, accounts: [account] }), async (role) =>
    (await ports.roles.issued(role, nowMs / 1_000)).filter((entry) => mayBeAlive(entry, nowMs / 1_000)),
  );
  const paths = new Set(entries.flat().flatMap(({ path, endedAt }) => (endedAt === undefined ? [path] : [])));
  const endings = [...paths].map((path) => async () => (await endTask(path, { status: "revoked" }, by, ports)).ended);
  return endAtOnce(endings, nowMs + WORK_MS, ports);
}
