import { agentId } from "../../../contract/agent-id.ts";
import type { Scenario } from "./scenarios.ts";

/** Makes a scenario of the given policies and details: one agent at one address, for a quarter of an hour. */
export const plainScenario = (policies: readonly string[], details: readonly object[], purpose: string): Scenario => ({
  policies: policies.map((text) => ({ text, patterns: [] })),
  asker: {
    agent: { id: agentId("reporter"), owner: "ada", team: "data" },
    claims: {},
    purpose,
    ttlSeconds: 900,
    sourceIp: "192.0.2.7",
  },
  json: JSON.stringify(details),
  targets: [],
  arns: [],
});
