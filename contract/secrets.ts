import * as v from "valibot";
import { agentId, instant, taskId } from "./fields.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS } from "./refused-by.ts";

/** Schema of a secret's id. */
export const secretId = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9~_+=.@-]{1,512}$/),
  v.description("The secret's name with each `/` written as `~`: no encoding carries a slash through API Gateway."),
);

const managedSecret = v.strictObject({
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

const secretList = v.strictObject({
  secrets: v.array(managedSecret),
  next: v.exactOptional(
    v.pipe(v.string(), v.description("Cursor of the next page: repeat the request with `after=` this value.")),
  ),
});

const BY_INVENTORY = [...BY_OPERATORS, "connector_unavailable", "connector_refused"] as const;

/** `GET /v1/secrets` */
export const listSecrets = operation({
  id: "listSecrets",
  tag: "Operators",
  method: "GET",
  path: "/v1/secrets",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ListSecrets",
  stepUp: "never",
  summary: "List managed secrets: kind, holder, rotations, exposure; never a value",
  description:
    "Every secret that may be leased: its kind of rotation, the task that holds it, its last and next rotation, and the agents that read the current value. Contains no values. The list may lag by some seconds.",
  query: {
    after: v.exactOptional(v.pipe(v.string(), v.maxLength(4_096), v.description("The `next` of the page before."))),
  },
  answer: { status: 200, says: "A page of secrets.", schema: secretList },
  examples: { secrets: "One secret, which a task holds" },
  refuses: [...BY_INVENTORY, "malformed_request"],
});

const parameters = { secret: v.pipe(secretId, v.description("The secret's `id`.")) };

/** `GET /v1/secrets/{secret}` */
export const readSecret = operation({
  id: "readSecret",
  tag: "Operators",
  method: "GET",
  path: "/v1/secrets/{secret}",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadSecret",
  stepUp: "never",
  summary: "Read a managed secret; a `/` in its name is written `~`",
  description: "One secret, as of now. The answer does not have its value.",
  parameters,
  answer: { status: 200, says: "The secret.", schema: managedSecret },
  examples: { secret: "A secret that a task holds" },
  refuses: [...BY_INVENTORY, "secret_not_found"],
});

/** `POST /v1/secrets/{secret}/rotate` */
export const rotateSecret = operation({
  id: "rotateSecret",
  tag: "Operators",
  method: "POST",
  path: "/v1/secrets/{secret}/rotate",
  caller: "operator",
  function: "operate",
  permission: "valetkey:RotateSecret",
  stepUp: "never",
  summary: "Request that a secret is rotated within minutes",
  description:
    "Requests a rotation of the secret, even while a task holds it. The secret is rotated within minutes, or once its last value is ten minutes old. The body is ignored. The request may be repeated.",
  parameters,
  answer: { status: 202, says: "The secret, with its rotation pending.", schema: managedSecret },
  examples: { asked: "A secret that a task holds" },
  refuses: [...BY_INVENTORY, "secret_not_found", "secret_not_rotated", "contended"],
});

export interface SecretList extends AnswerOf<typeof listSecrets> {}
export interface ManagedSecret extends AnswerOf<typeof readSecret> {}

/** Operations of managed secrets, and their schemas by their names in the document. */
export const SECRETS = {
  operations: [listSecrets, readSecret, rotateSecret],
  requests: {},
  answers: { Secret: managedSecret, SecretList: secretList },
} as const satisfies Noun;
