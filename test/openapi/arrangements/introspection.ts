import type * as introspection from "../../../contract/introspection.ts";
import { URL_OF_HUB } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { completeTask, showToken, startTask, toolServerToken } from "../recording/story.ts";
import { refusedForms } from "../refused/body.ts";
import { whenPort } from "../refused/outage.ts";

const asserting: Arrange = async (world) => ({
  route: "POST /v1/introspect",
  body: {
    form: {
      token: await showToken(world, await startTask(world)),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: toolServerToken(world),
    },
  },
});

const bearing: Arrange = async (world) => ({
  route: "POST /v1/introspect",
  bearer: toolServerToken(world),
  body: { form: { token: await showToken(world, await startTask(world)) } },
});

const notActive: Arrange = async (world) => {
  const task = await startTask(world);
  const token = await showToken(world, task);
  await completeTask(world, task);
  return { route: "POST /v1/introspect", bearer: toolServerToken(world), body: { form: { token } } };
};

/** Calls of the operation on introspections. */
export const INTROSPECTION = {
  introspectToken: {
    examples: { "with-an-assertion": asserting, "with-a-bearer-token": bearing, "not-active": notActive },
    refused: {
      ...refusedForms(asserting),
      client_unauthenticated: async (world) => ({
        ...(await bearing(world)),
        bearer: toolServerToken(world, { aud: URL_OF_HUB }),
      }),
      agent_ambiguous: async (world) => {
        const call = await bearing(world);
        world.addAgent({ id: "tickets-twin", bindings: [{ issuer: "robots", claims: { sub: "agent:tickets" } }] });
        return call;
      },
      issuer_unreachable: whenPort("tokens", undefined, "issuer_unreachable", bearing),
      store_unavailable: whenPort("tasks", "read", "store_unavailable", bearing),
    },
  },
} as const satisfies ArrangementsOf<typeof introspection>;
