import type * as panic from "../../../contract/panic.ts";
import type { RouteKey } from "../../../functions/routes.ts";
import { FakeService } from "../../fakes/world/service.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const REASON = "An agent ran wild; everything stops until it is understood.";

const declaring: Arrange = async (world) => ({
  route: "POST /v1/panic",
  bearer: world.operatorToken(),
  body: { json: { reason: REASON } },
});

const afterwards =
  (route: RouteKey): Arrange =>
  async (world) => {
    await new FakeService(world).panic(REASON);
    return { route, bearer: world.operatorToken() };
  };

const refusedFor = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  store_unavailable: whenPort("panics", undefined, "store_unavailable", arrange),
});

const [LIFTING, READING] = [afterwards("POST /v1/panic/lift"), afterwards("GET /v1/panic")];

/** Calls of the operations on the panic. */
export const PANIC = {
  declarePanic: {
    examples: { declared: declaring },
    refused: {
      ...refusedFor(declaring),
      malformed_request: async (world) => ({ ...(await declaring(world)), body: { json: {} } }),
      unsupported_media_type: async (world) => ({ ...(await declaring(world)), body: { form: { reason: REASON } } }),
      body_too_large: async (world) => ({
        ...(await declaring(world)),
        body: { json: { reason: "x".repeat(40_000) } },
      }),
      contended: whenPort("panics", "change", "contended", declaring),
    },
  },
  liftPanic: {
    examples: { lifted: LIFTING, "with-a-vote": voted(LIFTING) },
    refused: {
      ...refusedFor(LIFTING),
      ...refusedActs(LIFTING),
      contended: whenPort("panics", "change", "contended", LIFTING),
    },
  },
  readPanic: {
    examples: {
      halted: READING,
      never: async (world) => ({ route: "GET /v1/panic", bearer: world.operatorToken() }),
    },
    refused: refusedFor(READING),
  },
} as const satisfies ArrangementsOf<typeof panic>;
