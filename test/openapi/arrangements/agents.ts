import type * as agents from "../../../contract/agents.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { startTask } from "../recording/story.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { whilePaused } from "../refused/halted.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";
import { of, refusedFor, refusedReason, withReason } from "./one-agent.ts";

const leaving = (world: FakeWorld) => world.addAgent({ id: "demo", status: "offboarding" });

const listing: Arrange = async (world) => ({ route: "GET /v1/agents", bearer: world.operatorToken() });
const reading = of("GET /v1/agents/{agent}");
const suspending = withReason(of("POST /v1/agents/{agent}/suspend", (world) => startTask(world)));
const resuming = of("POST /v1/agents/{agent}/resume", (world) => world.addAgent({ id: "demo", status: "suspended" }));
const confirming = of("POST /v1/agents/{agent}/confirm");

/** Calls of the operations on registered agents. */
export const AGENTS = {
  listAgents: {
    examples: {
      agents: listing,
      inactive: async (world) => {
        await startTask(world);
        world.pass(40 * 86_400);
        return { ...(await listing(world)), query: { inactive_days: "30" } };
      },
    },
    refused: {
      ...refusedOperators(listing),
      malformed_request: async (world) => ({ ...(await listing(world)), query: { after: "*" } }),
    },
  },
  readAgent: { examples: { agent: reading }, refused: refusedFor(reading) },
  suspendAgent: {
    examples: { suspended: suspending },
    refused: {
      ...refusedFor(suspending),
      ...refusedReason(suspending),
      contended: whenPort("agents", "change", "contended", suspending),
    },
  },
  resumeAgent: {
    examples: { resumed: resuming, "with-a-vote": voted(resuming) },
    refused: {
      ...refusedFor(resuming),
      ...refusedActs(resuming),
      agent_offboarded: of("POST /v1/agents/{agent}/resume", leaving),
      not_eligible: whilePaused(of("POST /v1/agents/{agent}/resume"), "staff|alice"),
      contended: whenPort("agents", "change", "contended", resuming),
    },
  },
  confirmAgent: {
    examples: { confirmed: confirming },
    refused: {
      ...refusedFor(confirming),
      agent_offboarded: of("POST /v1/agents/{agent}/confirm", leaving),
      contended: whenPort("agents", "change", "contended", confirming),
    },
  },
} as const satisfies ArrangementsOf<typeof agents>;
