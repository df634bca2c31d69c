import type { RefusalCode } from "../../../contract/refusals.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import type { Arrange } from "../recording/call.ts";

/** Port that can fail. */
type Port =
  | "tasks"
  | "agents"
  | "panics"
  | "sessions"
  | "tokens"
  | "inventory"
  | "locks"
  | "ballots"
  | "accountHalts"
  | "setConditions"
  | "budgets"
  | "foundEscalations"
  | "given"
  | "accepted";

/**
 * Arranges the call while a port refuses with the code, as its adapter does.
 * @param method name of the failing method; all methods of the port by default.
 */
export const whenPort =
  (port: Port, method: string | undefined, code: RefusalCode, arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    failAt(world, port, method, code);
    return call;
  };

/** Makes the port refuse from now on. */
export function failAt(world: FakeWorld, port: Port, method: string | undefined, code: RefusalCode): void {
  const refuse = (called?: unknown): void => {
    if (method !== undefined && called !== method) return;
    throw new Refusal(code, RETRIED.includes(code) ? { retryAfterSeconds: 1 } : {});
  };
  world.ports[port].before = refuse;
}

/** Arranges the call while the agent's registration changes after the decision and before the record is written. */
export const changedMeanwhile =
  (method: string, arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    world.ports.tasks.before = (called) => {
      if (called === method) world.addAgent({ id: "demo", owner: "carol@acme.example" });
    };
    return call;
  };

/** Codes with which adapters report the time of a retry. */
const RETRIED: readonly RefusalCode[] = ["store_unavailable", "contended", "sts_unavailable", "connector_unavailable"];
