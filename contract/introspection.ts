import * as v from "valibot";
import { actorAnswer } from "./acting.ts";
import { toolDetail } from "./authorization-details.ts";
import { agentId, oidcToken, personName, taskId, toolScope } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { WITH_BODY } from "./refused-by.ts";

const presented = v.pipe(
  v.string(),
  v.minLength(1),
  v.description("The presentation token that the tool server got. Any other token is answered as not active."),
);

/** Schema of an introspection (RFC 7662) by a tool server that authenticates with an assertion (RFC 7523). */
const introspectWithAssertionForm = v.pipe(
  v.object({
    token: presented,
    client_assertion_type: v.literal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    client_assertion: v.pipe(
      oidcToken,
      v.description("The tool server's own OIDC token, with `audiences.introspect` as its only audience (RFC 7523)."),
    ),
  }),
  v.title("With an assertion"),
);

/** Schema of an introspection (RFC 7662) by a tool server that authenticates in the `Authorization` header. */
const introspectWithBearerForm = v.pipe(
  v.object({ token: presented }),
  v.title("With a bearer token"),
  v.description("The tool server's OIDC token is in the `Authorization` header instead; both at once are refused."),
);

const introspectForm = v.union([introspectWithAssertionForm, introspectWithBearerForm]);

const epochSeconds = v.pipe(v.number(), v.integer(), v.description("Seconds since the epoch."));

/** Schema of an introspection's answer (RFC 7662). */
const introspectionAnswer = v.variant("active", [
  v.pipe(
    v.strictObject({
      active: v.literal(true),
      iss: v.pipe(v.string(), v.url()),
      aud: v.pipe(agentId, v.description("The tool server that introspects the token.")),
      sub: v.pipe(
        v.union([agentId, personName]),
        v.description(
          "The task's agent; for a task below another, the agent at the root; for a task for a person, the person.",
        ),
      ),
      act: v.exactOptional(actorAnswer),
      client_id: v.pipe(agentId, v.description("The agent that acts.")),
      token_type: v.literal("Bearer"),
      iat: epochSeconds,
      exp: epochSeconds,
      task: taskId,
      purpose: v.pipe(v.string(), v.description("The agent's own words: display them as untrusted.")),
      scope: toolScope,
      authorization_details: v.pipe(v.array(toolDetail), v.description("Only what concerns this server.")),
    }),
    v.description("A live task's presentation token, made for this very server."),
  ),
  v.pipe(v.strictObject({ active: v.literal(false) }), v.description("Anything else.")),
]);

/** `POST /v1/introspect` */
export const introspectToken = operation({
  id: "introspectToken",
  tag: "Tasks",
  method: "POST",
  path: "/v1/introspect",
  caller: "tool server",
  function: "tasks",
  summary: "Is this task alive, and what may it do here? (RFC 7662)",
  description: [
    'A tool server (an MCP server, for example) introspects a presentation token that it got. The answer tells whether the task is alive, its agent, and the granted tools of this server. For any other token than a live one for this very server the answer is only `{"active": false}`.',
    "",
    "The server is a registered agent. The server authenticates with its own OIDC token for the audience `audiences.introspect`: either as `client_assertion` in the form (RFC 7523), or as `Bearer` in the `Authorization` header. The OIDC token may be used again while it lives.",
  ].join("\n"),
  body: { schema: introspectForm, form: true },
  answer: { status: 200, says: "The state of the token.", schema: introspectionAnswer },
  examples: {
    "with-an-assertion": "A live task's token, introspected with an assertion",
    "with-a-bearer-token": "A live task's token, introspected with a bearer token",
    "not-active": "A task that has ended",
  },
  refuses: [...WITH_BODY, "client_unauthenticated", "agent_ambiguous", "issuer_unreachable", "store_unavailable"],
});

/** Answer to an introspection: the state of a live token, or no more than that it is not active. */
export type Introspection = AnswerOf<typeof introspectToken>;

/** Operations of introspections, and their schemas by their names in the document. */
export const INTROSPECTION = {
  operations: [introspectToken],
  requests: {
    IntrospectionRequest: introspectForm,
    IntrospectionWithAssertion: introspectWithAssertionForm,
    IntrospectionWithBearer: introspectWithBearerForm,
  },
  answers: { Introspection: introspectionAnswer },
} as const satisfies Noun;
