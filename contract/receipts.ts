import * as v from "valibot";
import { connectedLease } from "./connected.ts";
import { accountId, agentId, instant, leaseName, taskId, unwritableSince } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS } from "./refused-by.ts";
import { ofTask, taskStatus } from "./tasks.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const instantToTheMillisecond = v.pipe(v.string(), v.isoTimestamp());

/** Schema of a probe's observation. */
export const observed = v.pipe(
  v.strictObject({
    status: v.pipe(
      v.picklist(["denied", "at_most", "not_observed"]),
      v.description(
        "`denied`: the probe's calls were answered first, and then refused. `at_most`: AWS refused from the first call on. `not_observed`: IAM had the policy for half a minute, and AWS did not act on it.",
      ),
    ),
    denied_at: v.exactOptional(
      v.pipe(instantToTheMillisecond, v.description("Time of the first call from which AWS refused all calls.")),
    ),
    last_answered_at: v.exactOptional(
      v.pipe(instantToTheMillisecond, v.description("Time of the last call that AWS accepted.")),
    ),
    milliseconds: v.pipe(
      count,
      v.description("From the change of state until the refusal; with `not_observed`, until the last answered call."),
    ),
  }),
  v.description(
    "Observation by a probe: a session of the same role and name, opened after the task's end, that can do nothing else. Only a sample of the endings has one, some seconds later.",
  ),
);

const sessionReceipt = v.strictObject({
  name: leaseName,
  type: v.literal("aws"),
  account: accountId,
  role: v.string(),
  access_key_id: v.exactOptional(v.pipe(v.string(), v.description("The join key to CloudTrail."))),
  fence_at: v.pipe(
    instant,
    v.description("Fence of the last session, which allows nothing from then on, whatever else happened."),
  ),
  status: v.pipe(
    v.picklist(["written", "expired", "pending"]),
    v.description(
      "`written`: IAM has a policy that denies it. `expired`: no such write is recorded, and its fence has passed by every clock.",
    ),
  ),
  policy_written_at: v.exactOptional(instantToTheMillisecond),
  milliseconds: v.exactOptional(
    v.pipe(
      count,
      v.description(
        "Milliseconds from the change of state until IAM had the policy. AWS takes further time to act on it.",
      ),
    ),
  ),
  observed: v.exactOptional(observed),
  signed: v.exactOptional(
    v.pipe(
      v.strictObject({
        count,
        last_at: v.pipe(instantToTheMillisecond, v.description("When the hub gave the last signature.")),
        calls: v.array(v.strictObject({ operation: v.string(), count })),
      }),
      v.description(
        "What the hub signed, where the session stays in the hub. `unclear` is an operation that is not in the signed parts of a request.",
      ),
    ),
  ),
  dies_by: v.exactOptional(
    v.pipe(
      instant,
      v.description(
        "While it is `pending`: the moment by which the key is dead by any clock, whatever is written to IAM. The fence, and a margin of five minutes for clocks that differ.",
      ),
    ),
  ),
  unwritable: v.exactOptional(
    v.pipe(
      v.strictObject({ since: unwritableSince }),
      v.description("While it is `pending`: IAM cannot be written there, so the key may live until `dies_by`."),
    ),
  ),
});

const connectorReceipt = v.strictObject({
  name: connectedLease.entries.name,
  type: connectedLease.entries.type,
  expires_at: v.pipe(
    instant,
    v.description("Expiry of the credential at its provider, where the provider accepts one."),
  ),
  status: v.pipe(
    v.picklist(["revoked", "pending"]),
    v.description("`revoked`: its provider confirmed that it is gone, and nothing else counts."),
  ),
  revoked_at: v.exactOptional(instantToTheMillisecond),
  milliseconds: v.exactOptional(v.pipe(count, v.description("From the change of state to that confirmation."))),
});

const receipt = v.strictObject({
  task: taskId,
  agent: agentId,
  status: taskStatus,
  ended_at: v.exactOptional(v.pipe(instantToTheMillisecond, v.description("When its state changed."))),
  by: v.exactOptional(
    v.pipe(v.string(), v.description("An agent, an operator, `deadline`, or the path of the task above that ended.")),
  ),
  leases: v.array(v.union([sessionReceipt, connectorReceipt])),
  below: v.exactOptional(
    v.pipe(
      v.array(taskId),
      v.description("Tasks below it, at every level: each has a receipt of its own. Absent with `below=false`."),
    ),
  ),
  complete: v.pipe(v.boolean(), v.description("True where no credential of the task can still be used.")),
});

/** `GET /v1/tasks/{task}/receipt` */
export const readReceipt = operation({
  id: "readReceipt",
  tag: "Operators",
  method: "GET",
  path: "/v1/tasks/{task}/receipt",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadReceipt",
  stepUp: "never",
  summary:
    "Read a task's receipt: when it ended, when IAM had a policy against each of its keys, and when AWS was seen to refuse",
  description:
    "Proves that a task's keys were revoked, and how fast. The receipt has the time of the change of state. For each session it has the time at which IAM had a policy that denies it; for other credentials, the provider's confirmation. Writes of policies are recorded for a week. AWS applies a policy some seconds later: for a sample of the endings, that time is observed (`observed`).",
  parameters: ofTask,
  query: {
    below: v.pipe(
      v.exactOptional(v.picklist(["true", "false"])),
      v.description("`false`: without the tasks below it, for repeated requests."),
    ),
  },
  answer: {
    status: 200,
    says: "The receipt as of now. Repeat the request while a lease is `pending`.",
    schema: receipt,
  },
  examples: {
    complete: "A task whose key is denied",
    pending: "A task that ended a moment ago",
    alone: "The same, without the tasks below it",
  },
  refuses: [...BY_OPERATORS, "malformed_request", "task_unknown"],
});

export interface Receipt extends AnswerOf<typeof readReceipt> {}

/** Operations of receipts, and their schemas by their names in the document. */
export const RECEIPTS = {
  operations: [readReceipt],
  requests: {},
  answers: { Receipt: receipt },
} as const satisfies Noun;
