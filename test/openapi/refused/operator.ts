import type { Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedOnceMore } from "./flood.ts";
import { whenPort } from "./outage.ts";

/** Lists the refusals of any operator's call. */
export function refusedOperators(arrange: Arrange) {
  const denied: Arrange = async (world) => ({
    ...(await arrange(world)),
    bearer: world.operatorToken({ sub: "mallory" }),
  });
  return {
    operator_token_invalid: async (world) => ({ ...(await arrange(world)), bearer: world.agentToken() }),
    operator_denied: denied,
    too_many_requests: refusedOnceMore(denied),
    issuer_unreachable: whenPort("tokens", undefined, "issuer_unreachable", arrange),
    store_unavailable: whenPort("agents", undefined, "store_unavailable", arrange),
  } satisfies Refused;
}
