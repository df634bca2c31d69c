import * as v from "valibot";
import { awsDetailGranted, detailsAsSent, toolDetail } from "./authorization-details.ts";
import { accountId, agentId, denial, instant } from "./fields.ts";
import { LIMITS, MOST_CONDITIONS, TASK_SECONDS } from "./limits.ts";
import { CONDITION_NAME } from "./names.ts";
import { type AnswerOf, type BodyOf, type Noun, operation, type ReadBodyOf } from "./operation.ts";
import { readableLine } from "./readable-text.ts";
import { BY_OPERATORS, WITH_BODY } from "./refused-by.ts";

const SECONDS = `a whole number of seconds from 1 to ${TASK_SECONDS.most}.`;
const MOST_GROUPS = 100;

const policyQuestion = v.strictObject({
  agent: agentId,
  authorization_details: detailsAsSent,
  purpose: v.exactOptional(readableLine(LIMITS.purposeCharacters)),
  task_ttl: v.exactOptional(
    v.pipe(v.number(SECONDS), v.integer(SECONDS), v.minValue(1, SECONDS), v.maxValue(TASK_SECONDS.most, SECONDS)),
  ),
  at: v.exactOptional(v.pipe(instant, v.description("Moment of the request; now unless given."))),
  source_ip: v.exactOptional(v.pipe(readableLine(45), v.description("Address of the agent's request."))),
  conditions: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(CONDITION_NAME))),
      v.maxLength(MOST_CONDITIONS, `at most ${MOST_CONDITIONS} names.`),
      v.description("Conditions of the world that would hold, by their names in `valetkey.json`; none unless given."),
    ),
  ),
  claims: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description("Claims of the agent's token; those of its first binding unless given."),
    ),
  ),
  on_behalf_of: v.exactOptional(
    v.pipe(
      v.strictObject({
        issuer: v.string(),
        person: readableLine(256),
        groups: v.exactOptional(
          v.pipe(v.array(readableLine(256)), v.maxLength(MOST_GROUPS, `at most ${MOST_GROUPS} groups.`)),
        ),
      }),
      v.description("Person for whom the agent would act, with the groups of the person's token."),
    ),
  ),
});

const bundle = v.pipe(v.string(), v.description("Hash of `valetkey.json` and every policy, as decisions record it."));
const annotations = v.record(v.string(), v.string());
const terms = v.pipe(v.array(v.string()), v.description("Terms of the permits, in words."));
const conditions = v.record(v.string(), v.record(v.string(), v.array(v.string())));

const policyList = v.strictObject({
  bundle,
  policies: v.array(
    v.strictObject({ id: v.string(), effect: v.picklist(["permit", "forbid"]), annotations, text: v.string() }),
  ),
  next: v.exactOptional(v.pipe(v.string(), v.description("Start of the next page (`after`)."))),
});

const closest = v.pipe(
  v.strictObject({
    policy: v.string(),
    missed: v.array(
      v.strictObject({
        part: v.pipe(v.string(), v.description("Part of the permit, in Cedar.")),
        kind: v.picklist(["principal", "action", "resource", "condition", "annotation"]),
        holds: v.picklist(["no", "in part", "by tags", "unclear"]),
        has: v.pipe(v.record(v.string(), v.unknown()), v.description("The request's values of what the part reads.")),
      }),
    ),
    held: v.array(v.string()),
  }),
  v.description("Permit that came closest to a denied pair; only for those who may read policies."),
);

const explanation = v.strictObject({
  agent: agentId,
  status: v.pipe(v.string(), v.description("State of the agent. Policy decides as if the agent were active.")),
  bundle,
  at: instant,
  answer: v.picklist(["allowed", "denied"]),
  terms: v.exactOptional(terms),
  code: v.exactOptional(v.string()),
  sentence: v.exactOptional(v.string()),
  pairs: v.pipe(
    v.array(
      v.strictObject({
        action: v.string(),
        target: v.string(),
        permitted: v.exactOptional(
          v.strictObject({
            permits: v.array(v.string()),
            forbids: v.pipe(v.array(v.string()), v.description("Policies that exclude a part of it.")),
            conditions: v.pipe(
              v.array(conditions),
              v.description("Conditions that stay open until the call: one holds."),
            ),
            denies: v.array(v.strictObject({ resources: v.array(v.string()), conditions })),
            terms,
          }),
        ),
        denial: v.exactOptional(denial),
        closest: v.exactOptional(closest),
        shadows: v.pipe(
          v.array(v.string()),
          v.description("Policies in shadow mode that would have affected the decision."),
        ),
      }),
    ),
    v.description("Each action on each resource; none where the details are not valid."),
  ),
  sessions: v.array(
    v.strictObject({
      lease: v.string(),
      account: accountId,
      policy: v.pipe(v.string(), v.description("Session policy, as JSON text.")),
      characters: v.pipe(v.number(), v.integer()),
      proof: v.pipe(
        v.picklist(["proven", "counterexample", "unknown"]),
        v.description("`proven`: the session policy allows nothing that the policies do not permit."),
      ),
      lost: v.pipe(
        v.union([
          v.literal("unknown"),
          v.array(v.strictObject({ permit: v.string(), action: v.string(), resource: v.string() })),
        ]),
        v.description("Calls that the permits promise and the session policy does not allow."),
      ),
    }),
  ),
});

const reachedDetail = v.variant("type", [awsDetailGranted, toolDetail]);

/** Fields of a reach: what permits grant, and what forbids take away. */
export const reachEntries = {
  permits: v.array(
    v.strictObject({
      policy: v.string(),
      reach: v.pipe(v.array(v.string()), v.description("Actions and resources, in words.")),
      needs: v.pipe(v.string(), v.description("Terms of the permit, in words; empty where it has none.")),
      waits_for: v.array(v.strictObject({ group: v.string(), count: v.pipe(v.number(), v.integer()) })),
      details: v.exactOptional(
        v.pipe(
          v.array(reachedDetail),
          v.description(
            "The entries that can be written as `authorization_details`, one for each account. Without conditions on the request, so they may be wider than the permit. Absent where there are none.",
          ),
        ),
      ),
    }),
  ),
  except: v.array(v.strictObject({ policy: v.string(), reach: v.array(v.string()) })),
  uncounted: v.pipe(v.array(v.string()), v.description("Forbids that may apply, depending on the request.")),
} as const;

const reach = v.strictObject({
  agent: agentId,
  bundle,
  sha256: v.pipe(v.string(), v.description("Hash of the reach, as a threat model names it.")),
  ...reachEntries,
});

/** `GET /v1/policies` */
export const readPolicies = operation({
  id: "readPolicies",
  tag: "Operators",
  method: "GET",
  path: "/v1/policies",
  caller: "operator",
  function: "explain",
  permission: "valetkey:ReadPolicies",
  stepUp: "never",
  summary: "Read the deployed policies, and the bundle's hash",
  description:
    "The policies as they are deployed, guards of the build included, in the order of their files. A page holds 200.",
  query: {
    after: v.exactOptional(v.pipe(v.string(), v.maxLength(256), v.description("The `next` of the page before."))),
  },
  answer: { status: 200, says: "A page of policies.", schema: policyList },
  examples: { policies: "The policies of this deployment" },
  refuses: [...BY_OPERATORS, "malformed_request"],
});

/** `POST /v1/policies/explain` */
export const explainPolicy = operation({
  id: "explainPolicy",
  tag: "Operators",
  method: "POST",
  path: "/v1/policies/explain",
  caller: "operator",
  function: "explain",
  permission: "valetkey:ExplainPolicy",
  stepUp: "never",
  summary: "Explain the decision about an agent's request; issues nothing",
  description:
    "Decides about a request that the agent might make, and explains the decision. The answer has the policies behind each pair of an action and a resource, the open conditions, the terms, the session policies and their proof. Nothing is issued to the agent, or recorded about it. At most 25 pairs at once, and 30 questions a minute.",
  body: { schema: policyQuestion },
  answer: { status: 200, says: "The explanation.", schema: explanation },
  examples: { allowed: "A request that policy permits", denied: "A request that no policy permits" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, "agent_not_found", "intent_too_large"],
});

/** `GET /v1/agents/{agent}/reach` */
export const readReach = operation({
  id: "readReach",
  tag: "Operators",
  method: "GET",
  path: "/v1/agents/{agent}/reach",
  caller: "operator",
  function: "explain",
  permission: "valetkey:ExplainPolicy",
  stepUp: "never",
  summary: "Read the most that policy lets an agent request",
  description:
    "An upper bound on the agent's grants under the policies: conditions on the request count as true. The hash is that of the agent's threat model.",
  parameters: { agent: v.pipe(agentId, v.description("The agent's id.")) },
  answer: { status: 200, says: "The reach.", schema: reach },
  examples: { reach: "An agent that reads reports" },
  refuses: [...BY_OPERATORS, "agent_not_found"],
});

export interface PolicyQuestion extends BodyOf<typeof explainPolicy> {}
export interface ReadQuestion extends ReadBodyOf<typeof explainPolicy> {}
export interface PolicyList extends AnswerOf<typeof readPolicies> {}
export interface Explanation extends AnswerOf<typeof explainPolicy> {}
export type ExplainedPair = Explanation["pairs"][number];
export type ExplainedSession = Explanation["sessions"][number];
export interface Reach extends AnswerOf<typeof readReach> {}
/** Entry of a reach as a detail that can be requested. */
export type ReachedDetail = NonNullable<Reach["permits"][number]["details"]>[number];

/** Operations of policies and their decisions, and their schemas by their names in the document. */
export const POLICIES = {
  operations: [readPolicies, explainPolicy, readReach],
  requests: { PolicyQuestion: policyQuestion },
  answers: { PolicyList: policyList, Explanation: explanation, Reach: reach },
} as const satisfies Noun;
