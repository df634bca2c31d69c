import * as v from "valibot";
import { agentId, instant, taskId } from "../../contract/fields.ts";

export const secretId = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9~_+=.@-]{1,512}$/),
  v.description("The secret's name with each `/` written as `~`: no encoding carries a slash through API Gateway."),
);

/** Schema of a managed secret, without its value. */
export const secretAnswer = v.strictObject({
  id: secretId,
  name: v.string(),
  exclusive: v.pipe(v.boolean(), v.description("Leased to one task at a time.")),
  delivery: v.picklist(["value", "session"]),
  database: v.exactOptional(
    v.pipe(
      v.string(),
      v.description("For a login, the value of its tag `valetkey:database`: a database of the deployment."),
    ),
  ),
  status: v.picklist(["free", "held", "pending_rotation"]),
  held_by: v.exactOptional(taskId),
  held_until: v.exactOptional(instant),
  rotation: v.strictObject({
    kind: v.pipe(v.string(), v.description("Value of the secret's tag `valetkey:rotates`; `none` where it has none.")),
    in_progress: v.boolean(),
    rotated_at: v.exactOptional(instant),
    next_at: v.exactOptional(v.pipe(instant, v.description("Next rotation by Secrets Manager's own schedule."))),
    asked_at: v.exactOptional(v.pipe(instant, v.description("Time of the request for a rotation."))),
    waits_until: v.exactOptional(
      v.pipe(
        instant,
        v.description(
          "Time before which the pending rotation does not begin. Until then a session can still read the secret, or its last value is younger than ten minutes.",
        ),
      ),
    ),
  }),
  exposure: v.strictObject({
    reads: v.pipe(v.number(), v.integer(), v.description("Number of leases that were given the current value.")),
    tasks: v.pipe(v.array(taskId), v.description("Tasks of these leases; a hundred at most.")),
    agents: v.pipe(v.array(agentId), v.description("Agents that were given it; a hundred at most.")),
    since: v.exactOptional(v.pipe(instant, v.description("Time at which the first of these agents got the value."))),
  }),
});

export const secretListAnswer = v.strictObject({
  secrets: v.array(secretAnswer),
  next: v.exactOptional(
    v.pipe(v.string(), v.description("Cursor of the next page: repeat the request with `after=` this value.")),
  ),
});
