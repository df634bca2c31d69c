import { RATE_LIMITS } from "../../../contract/limits.ts";
import type * as policies from "../../../contract/policies.ts";
import { READ_REPORTS } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import { type Arrange, answerTo } from "../recording/call.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";
import { of, refusedFor } from "./one-agent.ts";

const reading: Arrange = async (world) => ({ route: "GET /v1/policies", bearer: world.operatorToken() });

const denied: Arrange = async (world) => ({
  ...(await reading(world)),
  bearer: world.operatorToken({ sub: "mallory" }),
});

const asking =
  (changed: Readonly<Record<string, unknown>> = {}): Arrange =>
  async (world) => ({
    route: "POST /v1/policies/explain",
    bearer: world.operatorToken(),
    body: { json: { agent: "demo", authorization_details: READ_REPORTS, purpose: "summarise the week", ...changed } },
  });

const floods =
  (arrange: Arrange): Arrange =>
  async (world) => {
    const call = await arrange(world);
    await answerTo(call, world);
    world.ports.rateLimits.fill("explanation", RATE_LIMITS.explanation);
    return call;
  };

const reaching = of("GET /v1/agents/{agent}/reach");

/** Calls of the operations on policies. */
export const POLICIES = {
  readPolicies: {
    examples: { policies: reading },
    refused: {
      ...refusedOperators(reading),
      // The route reads no agent. The store can only refuse the record of a denial.
      store_unavailable: whenPort("tasks", "append", "store_unavailable", denied),
      malformed_request: async (world) => ({ ...(await reading(world)), query: { after: "no-such-policy" } }),
    },
  },
  explainPolicy: {
    examples: {
      allowed: asking(),
      denied: asking({
        authorization_details: [{ ...READ_REPORTS[0], resources: ["arn:aws:s3:::acme-payroll/may.csv"] }],
      }),
    },
    refused: {
      ...refusedFor(asking()),
      ...refusedJson(asking()),
      too_many_requests: floods(asking()),
      agent_not_found: asking({ agent: "nobody" }),
      intent_too_large: asking({
        authorization_details: [{ ...READ_REPORTS[0], actions: ["s3:*"], resources: ["arn:aws:s3:::acme-data/*"] }],
      }),
    },
  },
  readReach: {
    examples: { reach: reaching },
    refused: { ...refusedFor(reaching), too_many_requests: floods(reaching) },
  },
} as const satisfies ArrangementsOf<typeof policies>;
