import type { Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { type AskNeeds, askForRotations } from "../steps/agents/ask-for-rotations.ts";
import type { ListNeeds } from "../steps/agents/list-issued.ts";
import { offboardAgent } from "../steps/agents/offboard-agent.ts";
import { signOff } from "../steps/agents/sign-off.ts";
import type { ReceiptNeeds } from "../steps/tasks/gather-receipt.ts";

/** Time for which one sweep works at offboardings; milliseconds. The next sweep continues. */
const WORKING_MS = 20_000;

export type FinishOffboardingsNeeds = ListNeeds & ReceiptNeeds & AskNeeds & { readonly log: Log };

/**
 * Continues every offboarding that is under way. Ends tasks that are left, and requests rotations of the secrets that the agent knows. Signs the offboarding
 * off once the last fence is over. No other function requests these rotations. An offboarding that fails does not block the others.
 * @returns the numbers of offboardings that were tried and that failed.
 */
export async function finishOffboardings(
  ports: FinishOffboardingsNeeds,
): Promise<{ readonly tried: number; readonly failed: number }> {
  const untilMs = ports.clock.nowMs() + WORKING_MS;
  const ids = await ports.agents.offboarding();
  let failed = 0;
  for (const id of ids) {
    try {
      const agent = await ports.agents.record(id);
      if (!agent) continue;
      const by = agent.halted?.by ?? "sweep";
      const { agent: halted, left } = await offboardAgent(agent, by, ports, untilMs);
      if (left > 0) continue;
      await askForRotations(halted, by, ports);
      await signOff(halted, by, ports);
    } catch (error) {
      failed += 1;
      ports.log.write({ level: "error", event: "offboarding_failed", agent: id, why: reasonOf(error) });
    }
  }
  return { tried: ids.length, failed };
}
