import * as v from "valibot";
import { agentAnswer, endedByRequest, ofAgent } from "./agents.ts";
import { connectedLease } from "./connected.ts";
import { accountId, agentId, instant, leaseName, taskId } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { observed } from "./receipts.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { votedReason } from "./vote.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const fate = v.pipe(
  v.picklist(["revoked", "expired", "failed", "unknown"]),
  v.description(
    "`revoked`: revoked, and recorded. `expired`: ended by itself. `failed`: its revocation failed. `unknown`: its end is not known. The last two are open.",
  ),
);
const evidence = v.pipe(
  v.strictObject({ of: v.string(), event: count, type: v.string(), hash: v.string() }),
  v.description("Journal event that proves it: its chain, its place in the chain, and its hash."),
);
const fates = v.strictObject({ revoked: count, expired: count, failed: count, unknown: count });

const session = v.strictObject({
  name: leaseName,
  account: accountId,
  role: v.string(),
  fence_at: v.pipe(instant, v.description("Fence of the last session, which allows nothing from then on.")),
  access_key_ids: v.pipe(v.array(v.string()), v.description("The join keys to CloudTrail, the latest last.")),
  status: fate,
  denied: v.exactOptional(
    v.pipe(
      v.strictObject({
        policy_written_at: v.pipe(v.string(), v.isoTimestamp()),
        milliseconds: v.exactOptional(count),
        observed: v.exactOptional(observed),
      }),
      v.description(
        "The receipt's evidence, which is stored for a week: when IAM had a policy that denies the sessions, and when AWS was seen to refuse. The evidence does not change the status, which follows from the fence.",
      ),
    ),
  ),
  at: v.exactOptional(instant),
  evidence: v.exactOptional(evidence),
});

const credential = v.pipe(
  v.strictObject({
    name: connectedLease.entries.name,
    type: connectedLease.entries.type,
    made: v.pipe(v.record(v.string(), v.unknown()), v.description("Facts of what was made at the provider.")),
    expires_at: instant,
    status: v.picklist(["revoked", "unknown"]),
    at: v.exactOptional(instant),
    evidence: v.exactOptional(evidence),
  }),
  v.description("Credential that a connector issued; `revoked` once its provider has confirmed the revocation."),
);

const task = v.strictObject({
  task: taskId,
  agent: v.exactOptional(agentId),
  status: fate,
  opened_at: v.exactOptional(instant),
  at: v.exactOptional(instant),
  ended: v.exactOptional(v.picklist(["completed", "revoked", "expired", "withdrawn"])),
  by: v.exactOptional(v.string()),
  evidence: v.exactOptional(evidence),
  leases: v.array(v.union([session, credential])),
});

const secretFate = v.pipe(
  v.picklist(["rotated", "pending_rotation", "not_rotated"]),
  v.description(
    "`rotated`: no value that the agent was given works any more. `pending_rotation`: not yet, and open. `not_rotated`: valetkey does not rotate this one; a person has to.",
  ),
);
const secret = v.strictObject({
  secret: v.string(),
  task: v.pipe(taskId, v.description("The agent's task that was last given the secret.")),
  known_until: v.pipe(
    instant,
    v.description("Time until which the agent may know the value. The agent does not know later values."),
  ),
  status: secretFate,
  at: v.exactOptional(
    v.pipe(
      instant,
      v.description("Time of the first value that still works, or time at which the rotation was left to a person."),
    ),
  ),
  asked_at: v.exactOptional(instant),
  evidence: v.exactOptional(evidence),
});

const report = v.strictObject({
  format: v.literal("valetkey.offboarding/1"),
  as_of: instant,
  agent: v.strictObject({ id: agentId, name: v.string(), owner: v.string(), team: v.string(), created_at: instant }),
  complete: v.pipe(v.boolean(), v.description("True where nothing is open, and nothing can become open.")),
  steps: v.array(
    v.strictObject({
      step: v.string(),
      at: instant,
      by: v.exactOptional(v.string()),
      reason: v.exactOptional(
        v.pipe(v.string(), v.description("Reason of a halt, as its author gave it, or the check that found it due.")),
      ),
      evidence,
    }),
  ),
  bindings: v.array(
    v.strictObject({
      issuer: v.string(),
      claims: v.record(v.string(), v.string()),
      status: fate,
      at: v.exactOptional(instant),
      evidence: v.exactOptional(evidence),
    }),
  ),
  tasks: v.array(task),
  left_out: v.pipe(
    v.strictObject({ tasks: count, last_fence_at: v.exactOptional(instant) }),
    v.description("Number of tasks that ended earlier and are too many to list."),
  ),
  child_agents: v.array(agentId),
  secrets: v.pipe(
    v.strictObject({
      status: v.picklist(["none_held", "rotated", "pending_rotation", "not_rotated"]),
      entries: v.array(secret),
    }),
    v.description("Every secret that the agent's tasks were ever given."),
  ),
  totals: v.strictObject({
    tasks: fates,
    leases: fates,
    bindings: fates,
    secrets: v.strictObject({ rotated: count, pending_rotation: count, not_rotated: count }),
  }),
});

const offboarding = v.strictObject({
  report,
  sha256: v.exactOptional(
    v.pipe(
      v.string(),
      v.description("SHA-256, in hex, of the report as canonical JSON (RFC 8785); once it is signed off."),
    ),
  ),
  signed_off: v.exactOptional(
    v.pipe(
      v.strictObject({ at: instant, by: v.string(), evidence }),
      v.description("The agent's last event, which holds that hash."),
    ),
  ),
});

const offboardedAgent = v.strictObject({
  ...agentAnswer.entries,
  ...endedByRequest,
  left_tasks: v.pipe(
    count,
    v.description("Number of live tasks that remain: repeat the request, or wait for the sweep."),
  ),
  closes_at: v.exactOptional(
    v.pipe(instant, v.description("Time at which the last fence has passed and the report can be signed off.")),
  ),
});

/** `POST /v1/agents/{agent}/offboard` */
export const offboardAgent = operation({
  id: "offboardAgent",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents/{agent}/offboard",
  caller: "operator",
  function: "operate",
  permission: "valetkey:OffboardAgent",
  stepUp: "always",
  summary: "Offboard an agent, for good",
  description:
    "The agent gets nothing any more, is bound to no token, and its live tasks are ended; there is no way back, and its id is never used again. A request works for 20 seconds. Where tasks are left, the answer is 202. A repeat continues, as the sweep does each minute. Once the last fence has passed, its report is signed off. The agent's journal records a reason. Where `stepUp` is on, the first request has its vote in the body.",
  parameters: ofAgent,
  body: { schema: votedReason, optional: true },
  answer: {
    status: 200,
    says: "The agent, with no live task.",
    schema: offboardedAgent,
    unfinished: "Live tasks remain: repeat the request, or wait for the sweep.",
  },
  examples: {
    offboarding: "An agent with one live task",
    "with-a-vote": "The same, with the vote that `stepUp` asks for",
  },
  refuses: [...BY_OPERATORS, ...WITH_BODY, ...BY_VOTE, "agent_not_found", "contended"],
});

/** `GET /v1/agents/{agent}/offboarding` */
export const readOffboarding = operation({
  id: "readOffboarding",
  tag: "Operators",
  method: "GET",
  path: "/v1/agents/{agent}/offboarding",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadAgent",
  stepUp: "never",
  summary: "Read the report on an agent's offboarding, signed off once nothing is open",
  description:
    "Final state of each task, lease and binding of an agent, with the journal event that proves it. The report is signed off once nothing is open: the agent's last event then holds the report's SHA-256.",
  parameters: ofAgent,
  answer: { status: 200, says: "The report as of now, or as it was signed off.", schema: offboarding },
  examples: { open: "While a session may still live", "signed-off": "When everything is over" },
  refuses: [...BY_OPERATORS, "agent_not_found", "not_offboarding"],
});

export interface OffboardedAgent extends AnswerOf<typeof offboardAgent> {}
export interface Offboarding extends AnswerOf<typeof readOffboarding> {}

/** Operations of offboardings, and their schemas by their names in the document. */
export const OFFBOARDING = {
  operations: [offboardAgent, readOffboarding],
  requests: { Offboard: votedReason },
  answers: { OffboardedAgent: offboardedAgent, Offboarding: offboarding },
} as const satisfies Noun;
