import * as v from "valibot";
import { accountId, agentId, instant } from "../../contract/fields.ts";
import { TASK_SECONDS } from "../../contract/limits.ts";
import { readableLine } from "../../contract/readable-text.ts";
import { requestedDetails } from "./authorization-details.ts";
import { denial } from "./refusal-answers.ts";

/** Body of `POST /v1/policies/explain`. */
export const policyQuestion = v.strictObject({
  agent: agentId,
  authorization_details: requestedDetails,
  purpose: v.exactOptional(readableLine(256)),
  task_ttl: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(TASK_SECONDS.most))),
  at: v.exactOptional(v.pipe(instant, v.description("Moment of the request; now unless given."))),
  source_ip: v.exactOptional(v.pipe(readableLine(45), v.description("Address of the agent's request."))),
  claims: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.any()),
      v.description("Claims of the agent's token; those of its first binding unless given."),
    ),
  ),
  on_behalf_of: v.exactOptional(
    v.pipe(
      v.strictObject({
        issuer: v.string(),
        person: readableLine(256),
        groups: v.exactOptional(v.pipe(v.array(readableLine(256)), v.maxLength(100))),
      }),
      v.description("Person for whom the agent would act, with the groups of the person's token."),
    ),
  ),
});

const bundle = v.pipe(v.string(), v.description("Hash of `valetkey.json` and every policy, as decisions record it."));
const annotations = v.record(v.string(), v.string());
const terms = v.pipe(v.array(v.string()), v.description("Terms of the permits, in words."));
const conditions = v.record(v.string(), v.record(v.string(), v.array(v.string())));

/** Answer of `GET /v1/policies`. */
export const policyListAnswer = v.strictObject({
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
        has: v.pipe(v.record(v.string(), v.any()), v.description("The request's values of what the part reads.")),
      }),
    ),
    held: v.array(v.string()),
  }),
  v.description("Permit that came closest to a denied pair; only for those who may read policies."),
);

/** Answer of `POST /v1/policies/explain`. */
export const explanationAnswer = v.strictObject({
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

/** Answer of `GET /v1/agents/{agent}/reach`. */
export const reachAnswer = v.strictObject({
  agent: agentId,
  bundle,
  sha256: v.pipe(v.string(), v.description("Hash of the reach, as a threat model names it.")),
  permits: v.array(
    v.strictObject({
      policy: v.string(),
      reach: v.pipe(v.array(v.string()), v.description("Actions and resources, in words.")),
      needs: v.pipe(v.string(), v.description("Terms of the permit, in words; empty where it has none.")),
      waits_for: v.array(v.strictObject({ group: v.string(), count: v.pipe(v.number(), v.integer()) })),
    }),
  ),
  except: v.array(v.strictObject({ policy: v.string(), reach: v.array(v.string()) })),
  uncounted: v.pipe(v.array(v.string()), v.description("Forbids that may apply, depending on the request.")),
});
