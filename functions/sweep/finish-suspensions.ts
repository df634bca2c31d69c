import type { AgentId } from "../../contract/agent-id.ts";
import type { Log, Ports } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { Halts } from "../core/revocation/halt.ts";
import { endTask } from "../steps/tasks/end-task.ts";

/** Time for which one sweep works at suspensions; milliseconds. The next sweep continues. */
const WORKING_MS = 20_000;
/** Actor in the journal. */
const BY = "sweep";

type Needs = Pick<Ports, "agents" | "tasks" | "clock">;
export type FinishSuspensionsNeeds = Needs & { readonly halts: Halts; readonly log: Log };

/**
 * Ends the tasks that suspensions of the last days have left, where one broke off or ran out of time. The sessions of these tasks are denied and not renewed
 * meanwhile. But connectors' credentials, and other agents' tasks below, end only with the task. A failure does not block the other suspensions.
 */
export async function finishSuspensions(ports: FinishSuspensionsNeeds): Promise<void> {
  const untilMs = ports.clock.nowMs() + WORKING_MS;
  for (const { agent } of await ports.halts.list()) {
    try {
      await finishSuspension(agent, BY, ports, untilMs);
    } catch (error) {
      ports.log.write({ level: "error", event: "suspension_unfinished", agent, why: reasonOf(error) });
    }
  }
}

/**
 * Ends every task of a suspended agent. Lists the tasks before it reads the agent, so that no task is ended that was opened after a resumption.
 * @param untilMs epoch milliseconds after which no further ending is begun.
 * @throws {Refusal} the first refusal of an ending, once all the others were tried.
 */
export async function finishSuspension(
  id: AgentId,
  by: string,
  ports: Needs,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const paths = await ports.agents.liveTasks(id);
  if (paths.length === 0 || (await ports.agents.record(id))?.status !== "suspended") return;
  const failures: unknown[] = [];
  for (const path of paths) {
    if (ports.clock.nowMs() >= untilMs) break;
    await endTask(path, { status: "revoked" }, by, ports).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
