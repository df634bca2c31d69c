import * as v from "valibot";
import { actingEntries, actorAnswer } from "./acting.ts";
import { awsDetailGranted, detailsGranted, toolDetail } from "./authorization-details.ts";
import { connectedCredential, credentialIssuedBefore } from "./connected.ts";
import { credentialsAnswer } from "./credentials.ts";
import {
  accountId,
  delegationToken,
  denial,
  instant,
  leaseName,
  presentationToken,
  servedDetails,
  taskId,
  taskToken,
  toolScope,
} from "./fields.ts";
import { FENCE_SECONDS } from "./limits.ts";
import { RENEWS_HEADER, TOKEN_TYPES } from "./names.ts";
import { type BodyOf, type Frozen, type Noun, operation } from "./operation.ts";
import { approvalAnswer, interval } from "./refusal-answers.ts";
import { BY_AGENTS_TOKEN, BY_SESSIONS, WITH_BODY } from "./refused-by.ts";
import { signedEndpoint } from "./signing.ts";
import { TOKEN_FORMS, tokenForm } from "./token-forms.ts";

const denials = v.exactOptional(
  v.pipe(
    v.array(denial),
    v.description(
      "With `mode=narrow`: each part of the request that policy does not permit, and that was not granted.",
    ),
  ),
);

const lifeSeconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.description("Seconds."));

/** Schema of a started task, also for a repeat under an idempotency key. */
const startedTaskAnswer = v.strictObject({
  access_token: v.pipe(
    taskToken,
    v.description("The task token, a master key. Send it to valetkey only. valetkey stores only its hash."),
  ),
  issued_token_type: v.literal(TOKEN_TYPES.accessToken),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task's deadline.")),
  authorization_details: detailsGranted,
  denials,
  outlives: v.exactOptional(
    v.pipe(
      v.array(v.strictObject({ action: v.string(), target: v.string() })),
      v.description("Grants whose effect outlives the task: no revocation reaches it."),
    ),
  ),
  task: v.strictObject({
    id: taskId,
    parent: v.exactOptional(taskId),
    status: v.literal("active"),
    expires_at: instant,
  }),
  ...actingEntries,
  credentials: v.pipe(
    v.array(
      v.union([
        v.strictObject({
          type: v.literal("aws"),
          name: leaseName,
          details: servedDetails,
          account: accountId,
          region: v.pipe(v.string(), v.description("The account's Region: for `AWS_REGION`.")),
          ...credentialsAnswer.entries,
        }),
        v.strictObject({
          type: v.pipe(
            v.literal("aws-sign"),
            v.description("A session that stays in the hub: `POST /v1/tasks/{task}/sign` signs requests by it."),
          ),
          name: leaseName,
          details: servedDetails,
          account: accountId,
          region: v.pipe(v.string(), v.description("The account's Region: for `AWS_REGION`.")),
          expires_at: v.pipe(instant, v.description("The fence, before which the session is to be renewed.")),
          endpoints: v.pipe(
            v.array(signedEndpoint),
            v.description("The services that the session is for, each with the host of its requests."),
          ),
        }),
        connectedCredential,
        credentialIssuedBefore,
      ]),
    ),
    v.description(
      "For AWS one for each account, or a few where one session is too small. For other types one for each detail, except `tool`.",
    ),
  ),
});

/** Schema of a task that waits for an approval. */
const waitingTaskAnswer = v.strictObject({
  access_token: v.pipe(taskToken, v.description("The task token, with which the holder polls for people's decision.")),
  issued_token_type: v.literal(TOKEN_TYPES.accessToken),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task stops waiting.")),
  authorization_details: detailsGranted,
  denials,
  outlives: v.exactOptional(v.array(v.strictObject({ action: v.string(), target: v.string() }))),
  task: v.strictObject({
    id: taskId,
    status: v.literal("pending_approval"),
    expires_at: instant,
    approval: approvalAnswer,
  }),
  credentials: v.pipe(v.tuple([]), v.description("None before people have approved.")),
  interval,
});

/** Schema of the answer with a presentation token (RFC 8693). */
const presentationAnswer = v.strictObject({
  access_token: v.pipe(presentationToken, v.description("For this one tool server's eyes.")),
  issued_token_type: v.literal(TOKEN_TYPES.presentation),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task's deadline.")),
  authorization_details: v.pipe(v.array(toolDetail), v.description("What was granted of this server.")),
});

/** Schema of the answer with a delegation token (RFC 8693), which gives no access by itself. */
const delegationAnswer = v.strictObject({
  access_token: v.pipe(delegationToken, v.description("For the one sub-agent that it names.")),
  issued_token_type: v.literal(TOKEN_TYPES.delegation),
  token_type: v.literal("N_A"),
  expires_in: v.pipe(
    lifeSeconds,
    v.description("Seconds until the token expires, and any task that is opened with it ends."),
  ),
  authorization_details: detailsGranted,
});

/** Schema of the answer with a presentation token for an assertion (RFC 7523). */
const federatedAnswer = v.strictObject({
  access_token: v.pipe(
    presentationToken,
    v.description("For this one tool server's eyes. `POST /v1/revoke` with it ends its task."),
  ),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task's deadline.")),
  scope: toolScope,
  authorization_details: v.pipe(v.array(toolDetail), v.description("What was granted of this server.")),
});

const tokenAnswer = v.union([
  startedTaskAnswer,
  waitingTaskAnswer,
  presentationAnswer,
  delegationAnswer,
  federatedAnswer,
]);

/** `POST /v1/token` */
export const exchangeToken = operation({
  id: "exchangeToken",
  tag: "Exchange",
  method: "POST",
  path: "/v1/token",
  caller: "agent",
  function: "exchange",
  summary: "Start a task, or exchange its token for a presentation or delegation token (RFC 8693, RFC 9396)",
  description: [
    "Eight exchanges at one address, distinguished by `grant_type`, `requested_token_type` and `subject_token_type` (RFC 8693).",
    "",
    "**Start a task.** The agent's OIDC token and its intent (`authorization_details`, RFC 9396) become a task and a task token, with AWS credentials for the details of type `aws`. Policy decides every pair of action and resource. All pairs are granted, or none: then `denials` lists what to request instead. " +
      `Credentials are dead at their \`Expiration\`, ${FENCE_SECONDS / 60} minutes from now at the latest, or at the task's deadline; renew them meanwhile. A client that renews them by itself says so with the header \`${RENEWS_HEADER}: 1\`, here and at each renewal: while IAM cannot be written, its sessions are shorter. An OIDC token is good for one exchange, unless its issuer is configured otherwise. An agent's registration limits its live tasks, and its requests for tasks in a minute.`,
    "",
    "**Get a presentation token.** The task token becomes a weaker one for one tool server.",
    "",
    "**Get a delegation token.** The task token becomes one with which one sub-agent can open one task below this one.",
    "",
    "**Start a task below another.** The delegation token and the sub-agent's own OIDC token (`actor_token`) become a task that can do no more than its parent, and ends with it. `act` is the chain of acting agents.",
    "",
    "**Start a task for a person.** The person's own token (`subject_token`), whose `may_act` names the agent, and the agent's OIDC token (`actor_token`) become a task. The task can do what policy permits both. `sub` is the person, `act` the agent.",
    "",
    "**Prolong a task for a person.** A fresh token of the person (`subject_token`) and the task token (`actor_token`, with `urn:valetkey:token-type:task` as its type) move the task's deadline, and renew the person's groups.",
    "",
    "**Poll for people's decision.** Where policy requires an approval, the start answers with a waiting task and its approval, without credentials. The task's holder polls each `interval` seconds, until the answer has the credentials or a refusal. The task token is `subject_token`, and both types are `urn:valetkey:token-type:task`.",
    "",
    "**Get a token for a tool server by an assertion.** The agent's OIDC token (`assertion`, RFC 7523) becomes a presentation token for the tool server at `resource`. `scope` names the tools. An assertion that is not accepted is an `invalid_grant` here, and a denial by policy an `invalid_scope` with status 400.",
    "",
    "The form contains the proof; the `Authorization` header is ignored.",
  ].join("\n"),
  body: { schema: tokenForm, form: true },
  provenInForm: true,
  answer: { status: 200, says: "The token, and the granted details.", schema: tokenAnswer },
  examples: {
    "start-a-task": "A task that reads reports and searches tickets",
    "start-a-task-with-conditions": "A short task that lists one folder of a bucket, and may be repeated",
    "get-a-presentation-token": "A token to show to the tool server `tickets`",
    "get-a-token-for-a-tool-server": "A token for the tool server at `https://tickets.acme.test/mcp`, by an assertion",
    "get-a-delegation-token": "A token with which the agent `helper` can start a task that only searches tickets",
    "start-a-task-below-another": "The agent `helper` starts a task below another",
    "start-a-task-for-a-person": "The agent `demo` starts a task for a person of support",
    "prolong-a-task-for-a-person": "Another hour for a task of two, by a fresh token of its person",
    "start-a-task-that-waits": "A task that people have to approve first",
    "start-a-task-that-people-approve-for-a-week":
      "A task that people have to approve first, and once for five runs of it within a week",
    "ask-whether-people-have-decided": "The credentials, at the first poll after the votes",
  },
  refuses: [
    ...WITH_BODY,
    "unsupported_grant_type",
    "target_unknown",
    "scope_invalid",
    "scope_denied",
    "assertion_refused",
    "unsupported_token_type",
    "delegation_unsupported",
    "actor_not_allowed",
    "person_ended",
    "consent_ended",
    "delegation_token_invalid",
    "delegation_too_deep",
    "too_many_children",
    ...BY_AGENTS_TOKEN,
    "intent_invalid",
    "intent_too_large",
    "threat_model_unaccepted",
    "policy_denied",
    "agent_inactive",
    "halted",
    "account_halted",
    "agent_cooling_down",
    "agent_paused",
    "role_full",
    "budget_spent",
    "label_conflict",
    "token_replayed",
    "idempotency_conflict",
    "too_many_tasks",
    "too_many_requests",
    "too_many_tokens",
    "renewed_too_soon",
    "subject_token_unknown",
    "task_ended",
    "authorization_pending",
    "slow_down",
    "approval_denied",
    "approval_expired",
    "approval_void",
    "too_many_approvals",
    "secret_held",
    "connector_unavailable",
    "connector_refused",
    "contended",
    "overloaded",
    "agent_changed",
    "store_unavailable",
    ...BY_SESSIONS,
  ],
});

/** Form of a request for a token, as its sender writes it. */
export type TokenRequest = BodyOf<typeof exchangeToken>;

export interface StartedTask extends Frozen<v.InferOutput<typeof startedTaskAnswer>> {}
export interface WaitingTask extends Frozen<v.InferOutput<typeof waitingTaskAnswer>> {}
export interface PresentationToken extends Frozen<v.InferOutput<typeof presentationAnswer>> {}
export interface DelegationToken extends Frozen<v.InferOutput<typeof delegationAnswer>> {}
export interface FederatedToken extends Frozen<v.InferOutput<typeof federatedAnswer>> {}

/** Operations of tokens, and their schemas by their names in the document. */
export const TOKEN = {
  operations: [exchangeToken],
  requests: TOKEN_FORMS,
  answers: {
    TokenResponse: tokenAnswer,
    StartedTask: startedTaskAnswer,
    PresentationToken: presentationAnswer,
    DelegationToken: delegationAnswer,
    Actor: actorAnswer,
    GrantedDetails: detailsGranted,
    GrantedAwsDetail: awsDetailGranted,
  },
} as const satisfies Noun;
