import type { Agents } from "../core/identity/agents.ts";
import type { Clock, Log } from "../core/ports.ts";
import { deadBefore, type Panics, sessionsDeadBefore } from "../core/revocation/panic.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { endEverything } from "./end-everything.ts";

export interface EndHaltedPorts {
  readonly tasks: Tasks;
  readonly agents: Agents;
  readonly panics: Panics;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Ends the tasks from before a panic in the record too, as many as there is time for. Runs while everything is halted, and after the lift as long as sessions
 * from before the panic could live. Not urgent: these tasks are denied and refused already.
 * @param untilMs epoch milliseconds; the next minute continues.
 */
export async function endHalted(untilMs: number, ports: EndHaltedPorts): Promise<void> {
  const panic = await ports.panics.read();
  if (sessionsDeadBefore(panic, ports.clock.nowMs() / 1_000) === Number.NEGATIVE_INFINITY) return;
  const { ended, failed, isThrough } = await endEverything(
    { openedBefore: deadBefore(panic), untilMs, by: "panic" },
    ports,
  );
  ports.log.write({ level: failed > 0 ? "error" : "info", event: "halted_swept", ended, failed, through: isThrough });
}
