import * as v from "valibot";
import { accountId, givenTaskId, instant, leaseName } from "./fields.ts";
import { RENEWAL_SECONDS } from "./limits.ts";
import { type Noun, operation } from "./operation.ts";
import { credentialsRefusalAnswer } from "./refusal-answers.ts";
import { BY_HOLDERS, BY_SESSIONS } from "./refused-by.ts";

/** Schema of credentials as the AWS SDKs' container credentials provider reads them, in its spelling. */
export const credentialsAnswer = v.strictObject({
  AccessKeyId: v.pipe(
    v.string(),
    v.description("Access key id. CloudTrail records it with every call; the record joins it to its task."),
  ),
  SecretAccessKey: v.string(),
  Token: v.pipe(v.string(), v.description("The session token.")),
  Expiration: v.pipe(instant, v.description("The fence, from which the session allows nothing.")),
  AccountId: accountId,
});

/** Schema of a session that stays in the hub, which signs requests by it: no answer has its key. */
export const keptSessionAnswer = v.strictObject({
  deliver: v.pipe(
    v.literal("sign"),
    v.description("No key is handed out: `POST /v1/tasks/{task}/sign` signs the requests."),
  ),
  Expiration: v.pipe(
    instant,
    v.description("The fence, from which the session allows nothing. Request this address again before."),
  ),
  AccountId: accountId,
});

/** Schema of a renewal's answer. */
const renewedAnswer = v.union([credentialsAnswer, keptSessionAnswer]);

/** `GET /v1/tasks/{task}/credentials/{lease}` */
export const renewCredentials = operation({
  id: "renewCredentials",
  tag: "Exchange",
  method: "GET",
  path: "/v1/tasks/{task}/credentials/{lease}",
  caller: "task",
  function: "exchange",
  summary: "Get fresh credentials for a live task (the AWS SDKs' container protocol)",
  description: [
    "The protocol that every AWS SDK speaks to a container's credentials endpoint: set `AWS_CONTAINER_CREDENTIALS_FULL_URI` to a loopback address that passes the request on (`valetkey exec` does), and `AWS_CONTAINER_AUTHORIZATION_TOKEN` to the task token.",
    "",
    `Every request is decided by the current policies and the agent's current status. STS is called once in ${RENEWAL_SECONDS} seconds for a lease. Within these seconds the answer has the same credentials, or is 429 where they are not at hand any more.`,
  ].join("\n"),
  parameters: {
    task: givenTaskId,
    lease: v.pipe(
      leaseName,
      v.description("The lease's name: `credentials[].name` of the answer that started the task."),
    ),
  },
  answer: {
    status: 200,
    says: "Credentials that work at once; for a task whose requests the hub signs, the session's new fence alone.",
    schema: renewedAnswer,
  },
  refusal: credentialsRefusalAnswer,
  examples: { renewed: "Fresh credentials, ten minutes into the task" },
  refuses: [
    ...BY_HOLDERS,
    "task_ended",
    "too_many_requests",
    "consent_ended",
    "lease_unknown",
    "agent_inactive",
    "agent_paused",
    "halted",
    "account_halted",
    "threat_model_unaccepted",
    "policy_denied",
    "intent_invalid",
    "intent_too_large",
    "renewed_too_soon",
    "authorization_pending",
    "slow_down",
    "approval_denied",
    "approval_expired",
    "approval_void",
    "role_full",
    "budget_spent",
    "label_conflict",
    "contended",
    "overloaded",
    "agent_changed",
    ...BY_SESSIONS,
  ],
});

export interface ContainerCredentials extends v.InferOutput<typeof credentialsAnswer> {}

export interface KeptSession extends v.InferOutput<typeof keptSessionAnswer> {}

/** Operations of credentials, and their schemas by their names in the document. */
export const CREDENTIALS = {
  operations: [renewCredentials],
  requests: {},
  answers: {
    RenewedCredentials: renewedAnswer,
    ContainerCredentials: credentialsAnswer,
    KeptSession: keptSessionAnswer,
  },
} as const satisfies Noun;
