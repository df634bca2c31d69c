import * as v from "valibot";
import { RATE_LIMITS } from "../../contract/limits.ts";
import { READ_REPORTS } from "../../fakes/fake-world.ts";
import type { RouteKey } from "../../functions/routes.ts";
import { of, refusedFor } from "../arrangements/one-agent.ts";
import type { Operation } from "../operation.ts";
import { type Arrange, answerTo } from "../recording/call.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const reading: Arrange = async (world) => ({ route: "GET /v1/policies", bearer: world.operatorToken() });

const denied: Arrange = async (world) => ({
  ...(await reading(world)),
  bearer: world.operatorToken({ sub: "mallory" }),
});

/** `GET /v1/policies` */
export const readPoliciesOperation: Operation = {
  id: "readPolicies",
  tag: "Operators",
  description:
    "The policies as they are deployed, guards of the build included, in the order of their files. A page holds 200.",
  query: {
    after: { says: "The `next` of the page before.", required: false, schema: v.pipe(v.string(), v.maxLength(256)) },
  },
  answer: { status: 200, says: "A page of policies.", schema: "PolicyList" },
  accepted: { policies: { says: "The policies of this deployment", arrange: reading } },
  refused: {
    ...refusedOperators(reading),
    // The route reads no agent. The store can only refuse the record of a denial.
    store_unavailable: whenPort("tasks", "append", "store_unavailable", denied),
    malformed_request: async (world) => ({ ...(await reading(world)), query: { after: "no-such-policy" } }),
  },
};

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

/** `POST /v1/policies/explain` */
export const explainPolicyOperation: Operation = {
  id: "explainPolicy",
  tag: "Operators",
  description:
    "Decides about a request that the agent might make, and explains the decision. The answer has the policies behind each pair of an action and a resource, the open conditions, the terms, the session policies and their proof. Nothing is issued to the agent, or recorded about it. At most 25 pairs at once, and 30 questions a minute.",
  body: { mediaType: "application/json", schema: "PolicyQuestion" },
  answer: { status: 200, says: "The explanation.", schema: "Explanation" },
  accepted: {
    allowed: { says: "A request that policy permits", arrange: asking() },
    denied: {
      says: "A request that no policy permits",
      arrange: asking({
        authorization_details: [{ ...READ_REPORTS[0], resources: ["arn:aws:s3:::acme-payroll/may.csv"] }],
      }),
    },
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
};

const reaching = of("GET /v1/agents/{agent}/reach" satisfies RouteKey);

/** `GET /v1/agents/{agent}/reach` */
export const readReachOperation: Operation = {
  id: "readReach",
  tag: "Operators",
  description:
    "An upper bound on the agent's grants under the policies: conditions on the request count as true. The hash is that of the agent's threat model.",
  answer: { status: 200, says: "The reach.", schema: "Reach" },
  accepted: { reach: { says: "An agent that reads reports", arrange: reaching } },
  refused: { ...refusedFor(reaching), too_many_requests: floods(reaching) },
};
