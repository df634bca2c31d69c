import type * as registrations from "../../../contract/registrations.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";
import { refusedFor } from "./one-agent.ts";

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

const changing =
  (body: Readonly<Record<string, unknown>> = { team: "analytics", limits: { live_tasks: 5 } }): Arrange =>
  async (world) => ({
    route: "POST /v1/agents/{agent}",
    path: { agent: "demo" },
    bearer: world.operatorToken(),
    body: { json: body },
  });

/** Calls of the operations that register and change agents. */
export const REGISTRATIONS = {
  registerAgent: {
    examples: {
      agent: registering(),
      "agent-with-limits": registering({
        ends_at: "2027-06-30T00:00:00Z",
        limits: { live_tasks: 5, task_seconds: 3_600, tasks_per_minute: 10 },
      }),
      "with-a-vote": voted(registering()),
    },
    refused: {
      ...refusedOperators(registering()),
      ...refusedActs(registering()),
      agent_invalid: registering({ bindings: [{ issuer: "robots", claims: { sub: "agent:*" } }] }),
      agent_exists: registering({ id: "demo" }),
      binding_overlaps: registering({ bindings: [{ issuer: "robots", claims: { sub: "agent:demo" } }] }),
      contended: whenPort("agents", "register", "contended", registering()),
    },
  },
  changeAgent: {
    examples: {
      changed: changing(),
      labelled: changing({ labels: ["deployer"] }),
      "with-a-vote": voted(changing()),
    },
    refused: {
      ...refusedFor(changing()),
      ...refusedActs(changing()),
      agent_invalid: changing({ bindings: [] }),
      agent_offboarded: async (world) => {
        world.addAgent({ id: "demo", status: "offboarding" });
        return changing()(world);
      },
      contended: whenPort("agents", "change", "contended", changing()),
    },
  },
} as const satisfies ArrangementsOf<typeof registrations>;
