import * as v from "valibot";
import { agentId } from "../../contract/fields.ts";
import { AGENT_STATUSES } from "../../functions/core/identity/agent.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const REPORTER = {
  id: "weekly-reporter",
  name: "Weekly reporter",
  owner: "staff|rosa",
  contact: "reports@acme.test",
  team: "analytics",
  bindings: [{ issuer: "robots", claims: { sub: "agent:weekly-reporter" } }],
};

const registering =
  (changes: Readonly<Record<string, unknown>> = {}): Arrange =>
  async (world) => ({
    route: "POST /v1/agents",
    bearer: world.operatorToken(),
    body: { json: { ...REPORTER, ...changes } },
  });

/** `POST /v1/agents` */
export const registerAgent: Operation = {
  id: "registerAgent",
  tag: "Operators",
  description:
    "Registers a workload with a name, an owner, a team, and bindings, which say which tokens are the agent's own. Policies say what the agent may do. A binding that could match another agent's token is refused.",
  body: { mediaType: "application/json", schema: "Registration" },
  answer: { status: 201, says: "The agent, registered and active.", schema: "Agent" },
  accepted: {
    agent: { says: "An agent with the required fields", arrange: registering() },
    "agent-with-limits": {
      says: "An agent with an end date and limits",
      arrange: registering({
        ends_at: "2027-06-30T00:00:00Z",
        limits: { live_tasks: 5, task_seconds: 3_600, tasks_per_minute: 10 },
      }),
    },
    "with-a-vote": { says: "An agent, with the vote that `stepUp` asks for", arrange: voted(registering()) },
  },
  refused: {
    ...refusedOperators(registering()),
    ...refusedActs(registering()),
    agent_invalid: registering({ bindings: [{ issuer: "robots", claims: { sub: "agent:*" } }] }),
    agent_exists: registering({ id: "demo" }),
    binding_overlaps: registering({ bindings: [{ issuer: "robots", claims: { sub: "agent:demo" } }] }),
    contended: whenPort("agents", "register", "contended", registering()),
  },
};

const listing: Arrange = async (world) => ({ route: "GET /v1/agents", bearer: world.operatorToken() });

/** `GET /v1/agents` */
export const listAgents: Operation = {
  id: "listAgents",
  tag: "Operators",
  description:
    "All registered agents, suspended ones included, by id and page by page. A page holds the matching agents of a hundred, so it may be empty and still have a `next`. Offboarded agents are listed on request only.",
  query: {
    after: { says: "The `next` of the page before.", required: false, schema: agentId },
    status: { says: "Only agents of this status.", required: false, schema: v.picklist(AGENT_STATUSES) },
    used: {
      says: "`true`: with the day of each agent's last use.",
      required: false,
      schema: v.picklist(["true", "false"]),
    },
    inactive_days: {
      says: "Only agents that have started no task for so many days, with the day of their last one.",
      required: false,
      schema: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9_999)),
    },
  },
  answer: { status: 200, says: "A page of agents.", schema: "AgentList" },
  accepted: {
    agents: { says: "The agents", arrange: listing },
    inactive: {
      says: "Agents that have not been used for a month",
      arrange: async (world) => {
        await startTask(world);
        world.pass(40 * 86_400);
        return { ...(await listing(world)), query: { inactive_days: "30" } };
      },
    },
  },
  refused: {
    ...refusedOperators(listing),
    malformed_request: async (world) => ({ ...(await listing(world)), query: { after: "*" } }),
  },
};
