import type { RouteKey } from "../../../functions/routes.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedOperators } from "../refused/operator.ts";

/** Arranges a call about the agent `demo` after a change of that agent. */
export const of =
  (route: RouteKey, before: (world: FakeWorld) => unknown = () => undefined): Arrange =>
  async (world) => {
    await before(world);
    return { route, path: { agent: "demo" }, bearer: world.operatorToken() };
  };

/** Refusals of calls about one agent. */
export const refusedFor = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  agent_not_found: async (world: FakeWorld) => ({ ...(await arrange(world)), path: { agent: "nobody" } }),
});

/** Adds a reason to a request. */
export const withReason =
  (arrange: Arrange): Arrange =>
  async (world) => ({ ...(await arrange(world)), body: { json: { reason: "its key stood in a public log" } } });

/** Refusals of a reason. */
export const refusedReason = (arrange: Arrange) =>
  ({
    malformed_request: async (world) => ({ ...(await arrange(world)), body: { json: { reason: "" } } }),
    unsupported_media_type: async (world) => ({ ...(await arrange(world)), body: { form: { reason: "leaked" } } }),
    body_too_large: async (world) => ({ ...(await arrange(world)), body: { json: { reason: "x".repeat(40_000) } } }),
  }) satisfies Refused;
