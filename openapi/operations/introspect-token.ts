import { URL_OF_HUB } from "../../fakes/fake-world.ts";
import type { Operation } from "../operation.ts";
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

/** `POST /v1/introspect` */
export const introspectToken: Operation = {
  id: "introspectToken",
  tag: "Tasks",
  description: [
    'A tool server (an MCP server, for example) introspects a presentation token that it got. The answer tells whether the task is alive, its agent, and the granted tools of this server. For any other token than a live one for this very server the answer is only `{"active": false}`.',
    "",
    "The server is a registered agent. The server authenticates with its own OIDC token for the audience `audiences.introspect`: either as `client_assertion` in the form (RFC 7523), or as `Bearer` in the `Authorization` header. The OIDC token may be used again while it lives.",
  ].join("\n"),
  body: { mediaType: "application/x-www-form-urlencoded", schema: "IntrospectionRequest" },
  answer: { status: 200, says: "The state of the token.", schema: "Introspection" },
  accepted: {
    "with-an-assertion": { says: "A live task's token, introspected with an assertion", arrange: asserting },
    "with-a-bearer-token": { says: "A live task's token, introspected with a bearer token", arrange: bearing },
    "not-active": {
      says: "A task that has ended",
      arrange: async (world) => {
        const task = await startTask(world);
        const token = await showToken(world, task);
        await completeTask(world, task);
        return { route: "POST /v1/introspect", bearer: toolServerToken(world), body: { form: { token } } };
      },
    },
  },
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
};
