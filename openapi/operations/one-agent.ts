import type { FakeWorld } from "../../fakes/fake-world.ts";
import type { RouteKey } from "../../functions/routes.ts";
import type { Operation, Refused } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

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

const reading = of("GET /v1/agents/{agent}");

/** Adds a reason to a request. */
export const withReason =
  (arrange: Arrange): Arrange =>
  async (world) => ({ ...(await arrange(world)), body: { json: { reason: "its key stood in a public log" } } });

/** Refusals of a reason. */
export const refusedReason = (arrange: Arrange): Refused => ({
  malformed_request: async (world) => ({ ...(await arrange(world)), body: { json: { reason: "" } } }),
  unsupported_media_type: async (world) => ({ ...(await arrange(world)), body: { form: { reason: "leaked" } } }),
  body_too_large: async (world) => ({ ...(await arrange(world)), body: { json: { reason: "x".repeat(40_000) } } }),
});

/** `GET /v1/agents/{agent}` */
export const readAgent: Operation = {
  id: "readAgent",
  tag: "Operators",
  description: "One agent, with its bindings and limits. Only those who may read it learn whether it exists.",
  answer: { status: 200, says: "The agent.", schema: "Agent" },
  accepted: { agent: { says: "The agent", arrange: reading } },
  refused: refusedFor(reading),
};

const suspending = withReason(of("POST /v1/agents/{agent}/suspend", (world) => startTask(world)));

/** `POST /v1/agents/{agent}/suspend` */
export const suspendAgent: Operation = {
  id: "suspendAgent",
  tag: "Operators",
  description:
    "Suspends the agent: it gets no credentials, its live tasks are ended, and AWS denies their credentials within seconds. Repeat the request until it returns 200: a repeat ends the tasks that a failure left. The agent's journal records a reason, also a later one.",
  body: { mediaType: "application/json", schema: "Reason", optional: true },
  answer: { status: 200, says: "The agent, suspended.", schema: "SuspendedAgent" },
  accepted: { suspended: { says: "An agent with one live task", arrange: suspending } },
  refused: {
    ...refusedFor(suspending),
    ...refusedReason(suspending),
    contended: whenPort("agents", "change", "contended", suspending),
  },
};

const resuming = of("POST /v1/agents/{agent}/resume", (world) => world.addAgent({ id: "demo", status: "suspended" }));

/** `POST /v1/agents/{agent}/resume` */
export const resumeAgent: Operation = {
  id: "resumeAgent",
  tag: "Operators",
  description:
    "The agent may start tasks again; ended tasks stay ended. Where `stepUp` is on, the body has the vote; elsewhere it is ignored.",
  body: { mediaType: "application/json", schema: "ActVote", optional: true },
  answer: { status: 200, says: "The agent, active.", schema: "Agent" },
  accepted: {
    resumed: { says: "An agent that was suspended", arrange: resuming },
    "with-a-vote": { says: "The same, with the vote that `stepUp` asks for", arrange: voted(resuming) },
  },
  refused: {
    ...refusedFor(resuming),
    ...refusedActs(resuming),
    agent_offboarded: of("POST /v1/agents/{agent}/resume", (world) =>
      world.addAgent({ id: "demo", status: "offboarding" }),
    ),
    contended: whenPort("agents", "change", "contended", resuming),
  },
};

const confirming = of("POST /v1/agents/{agent}/confirm");

/** `POST /v1/agents/{agent}/confirm` */
export const confirmAgent: Operation = {
  id: "confirmAgent",
  tag: "Operators",
  description:
    "The agent's owner confirms that it is still needed. An agent that is not confirmed in time is suspended; a confirmation does not resume it. The body is ignored.",
  answer: { status: 200, says: "The agent, confirmed.", schema: "Agent" },
  accepted: { confirmed: { says: "An agent", arrange: confirming } },
  refused: {
    ...refusedFor(confirming),
    agent_offboarded: of("POST /v1/agents/{agent}/confirm", (world) =>
      world.addAgent({ id: "demo", status: "offboarding" }),
    ),
    contended: whenPort("agents", "change", "contended", confirming),
  },
};
