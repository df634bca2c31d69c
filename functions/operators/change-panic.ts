import type { EventType } from "../../contract/journal-types.ts";
import { EMPTY_CHAIN, headOf, nextEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import type { Panic } from "../core/revocation/panic.ts";
import { whileContended, withoutPause } from "../core/while-contended.ts";
import type { VotedAct } from "./step-up.ts";

/** Attempts while other operators act at the same moment: nobody who declares a panic should have to try again. */
const ATTEMPTS = 8;

/**
 * Changes the latest panic, together with its event, and returns it.
 * @param next returns the changed panic; undefined where there is nothing to change.
 * @throws {Refusal} contended.
 */
export async function changePanic(
  type: Extract<EventType, `panic.${string}`>,
  by: string,
  ports: Pick<Ports, "panics" | "clock">,
  next: (latest: Panic | undefined, nowSeconds: number) => Panic | undefined,
  voted?: VotedAct,
): Promise<Panic | undefined> {
  return whileContended(async () => {
    const latest = await ports.panics.read();
    const nowMs = ports.clock.nowMs();
    const changed = next(latest, Math.floor(nowMs / 1_000));
    if (!changed) return latest;
    const event = nextEvent(latest?.chain ?? EMPTY_CHAIN, "*", type, nowMs, {
      by,
      reason: changed.reason,
      ...voted?.facts,
    });
    const panic = { ...changed, chain: headOf(event) };
    await ports.panics.change(panic, event, voted?.signIn);
    return panic;
  }, withoutPause(ATTEMPTS));
}
