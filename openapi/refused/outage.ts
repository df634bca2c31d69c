import type { FakeWorld } from "../../fakes/fake-world.ts";
import { Refusal, type RefusalCode } from "../../functions/core/refusal.ts";
import type { Arrange } from "../recording/call.ts";

/** The ports that can fail, and the name of the method that does; without a name each does. */
type Port = "tasks" | "agents" | "panics" | "sessions" | "tokens" | "inventory" | "locks";

/**
 * The call, at a moment when the port refuses with that code, as its adapter does.
 * @param method of those that have more than one.
 */
export const whenPort =
  (port: Port, method: string | undefined, code: RefusalCode, arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    failAt(world, port, method, code);
    return call;
  };

/** From now on the port refuses. */
export function failAt(world: FakeWorld, port: Port, method: string | undefined, code: RefusalCode): void {
  const refuse = (called?: unknown): void => {
    if (method !== undefined && called !== method) return;
    throw new Refusal(code, RETRIED.includes(code) ? { retryAfterSeconds: 1 } : {});
  };
  world.ports[port].before = refuse;
}

/** The call, while whose registration it was decided by is changed: before the record is written, and after it was decided. */
export const changedMeanwhile =
  (method: string, arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    world.ports.tasks.before = (called) => {
      if (called === method) world.addAgent({ id: "demo", owner: "carol@acme.example" });
    };
    return call;
  };

/** With these the adapters say when to try again. */
const RETRIED: readonly RefusalCode[] = ["store_unavailable", "contended", "sts_unavailable", "connector_unavailable"];
