import * as v from "valibot";
import { actingEntries } from "../../contract/acting.ts";
import { detailsGranted } from "../../contract/authorization-details.ts";
import { connectedLease } from "../../contract/connected.ts";
import { accountId, agentId, instant, leaseName, servedDetails, taskId } from "../../contract/fields.ts";

const lease = v.strictObject({
  name: leaseName,
  type: v.literal("aws"),
  account: accountId,
  details: servedDetails,
  role: v.pipe(v.string(), v.description("The task role in that account.")),
  state: v.pipe(
    v.picklist(["issuing", "issued"]),
    v.description("`issuing`: recorded, and not known to have been handed out."),
  ),
  fence_at: v.pipe(instant, v.description("Moment from which its session allows nothing.")),
  access_key_id: v.exactOptional(v.pipe(v.string(), v.description("The join key to CloudTrail."))),
});

/** Schema of a task, without its tokens and credentials. */
export const taskAnswer = v.strictObject({
  id: taskId,
  parent: v.exactOptional(taskId),
  ...actingEntries,
  agent: agentId,
  purpose: v.pipe(v.string(), v.description("The agent's own words: display them as untrusted.")),
  status: v.pipe(
    v.picklist(["active", "pending_approval", "completed", "revoked", "expired", "withdrawn"]),
    v.description(
      "All but `active` and `pending_approval` are final. `pending_approval`: people have to approve the task first. `withdrawn`: recorded, but handed out to nobody. Past `expires_at` an active task counts as ended.",
    ),
  ),
  approval: v.exactOptional(
    v.strictObject({
      id: v.string(),
      hash: v.string(),
      needed: v.array(v.strictObject({ group: v.string(), count: v.pipe(v.number(), v.integer()) })),
    }),
  ),
  opened_at: instant,
  expires_at: instant,
  ended_at: v.exactOptional(instant),
  ended_by: v.exactOptional(
    v.pipe(
      v.string(),
      v.description("An agent, an operator, `deadline`, or the task above. The receipt has the evidence."),
    ),
  ),
  outcome: v.exactOptional(
    v.strictObject({ result: v.picklist(["success", "failure"]), detail: v.exactOptional(v.string()) }),
  ),
  authorization_details: detailsGranted,
  leases: v.array(v.union([lease, connectedLease])),
});

export const taskListAnswer = v.strictObject({
  tasks: v.array(taskAnswer),
  next: v.exactOptional(
    v.pipe(v.string(), v.description("Start of the next page (`after`); absent on the last page.")),
  ),
  events: v.exactOptional(
    v.pipe(
      v.array(
        v.strictObject({
          ...{
            task: taskId,
            n: v.pipe(v.number(), v.integer()),
            type: v.string(),
            at: v.pipe(v.string(), v.isoTimestamp()),
          },
          by: v.exactOptional(v.string()),
          leases: v.exactOptional(
            v.pipe(
              v.array(
                v.strictObject({
                  name: leaseName,
                  fence_at: v.number(),
                  policy_sha256: v.pipe(v.string(), v.length(43)),
                }),
              ),
              v.description(
                "Leases that were about to be issued, with the SHA-256 of the session policy that AWS was sent.",
              ),
            ),
          ),
        }),
      ),
      v.description(
        "With `tree`: what happened to the task, the latest 500, and the opening of each task right below it; in order.",
      ),
    ),
  ),
  hidden: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.description("With `tree`: tasks that policy leaves out.")),
  ),
  more: v.exactOptional(
    v.pipe(v.literal(true), v.description("With `tree`: the tree has other tasks than those near the task.")),
  ),
  searched: v.exactOptional(
    v.pipe(
      v.strictObject({ tasks: v.pipe(v.number(), v.integer(), v.minValue(0)), whole: v.boolean() }),
      v.description(
        "With `access_key_id`: the number of searched tasks. `whole`: the search covered each task that may have a live session. A key that it did not find then opens nothing of valetkey's.",
      ),
    ),
  ),
});

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
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description("From the change of state until the refusal; with `not_observed`, until the last answered call."),
    ),
  }),
  v.description(
    "Observation by a probe: a session of the same role and name, opened after the task's end, that can do nothing else. Only a sample of the endings has one, some seconds later.",
  ),
);

/** Schema of a receipt, which proves that a task's credentials were revoked, and how fast. */
export const receiptAnswer = v.strictObject({
  task: taskId,
  agent: agentId,
  status: taskAnswer.entries.status,
  ended_at: v.exactOptional(v.pipe(instantToTheMillisecond, v.description("When its state changed."))),
  by: v.exactOptional(
    v.pipe(v.string(), v.description("An agent, an operator, `deadline`, or the path of the task above that ended.")),
  ),
  leases: v.array(
    v.union([
      v.strictObject({
        name: leaseName,
        type: v.literal("aws"),
        account: accountId,
        role: v.string(),
        access_key_id: lease.entries.access_key_id,
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
            v.number(),
            v.integer(),
            v.minValue(0),
            v.description(
              "Milliseconds from the change of state until IAM had the policy. AWS takes further time to act on it.",
            ),
          ),
        ),
        observed: v.exactOptional(observed),
      }),
      v.strictObject({
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
        milliseconds: v.exactOptional(
          v.pipe(
            v.number(),
            v.integer(),
            v.minValue(0),
            v.description("From the change of state to that confirmation."),
          ),
        ),
      }),
    ]),
  ),
  below: v.exactOptional(
    v.pipe(
      v.array(taskId),
      v.description("Tasks below it, at every level: each has a receipt of its own. Absent with `below=false`."),
    ),
  ),
  complete: v.pipe(v.boolean(), v.description("True where no credential of the task can still be used.")),
});
