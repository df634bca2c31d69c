import * as v from "valibot";
import { agentLimits, agentStatus } from "./agents.ts";
import { approvalStatus } from "./approvals.ts";
import { detailsGranted } from "./authorization-details.ts";
import { agentId, approvalId, denial, instant, taskId } from "./fields.ts";
import { RATE_LIMITS } from "./limits.ts";
import { type AnswerOf, type BodyOf, type Noun, operation } from "./operation.ts";
import { reachEntries } from "./policies.ts";
import { refusalAnswer } from "./refusal-answers.ts";
import { BY_AGENTS_TOKEN, WITH_BODY } from "./refused-by.ts";
import { startTaskBelowForm, startTaskForm, startTaskForPersonForm } from "./token-forms.ts";

/** Largest number of live tasks in one answer. */
export const MOST_SHOWN = 20;

const self = v.strictObject({
  agent: agentId,
  name: v.string(),
  owner: v.pipe(v.string(), v.description("Person who is responsible for the agent.")),
  team: v.string(),
  status: agentStatus,
  ends_at: v.exactOptional(instant),
  issuer: v.pipe(v.string(), v.description("Name of the token's issuer in `valetkey.json`, as registrations have it.")),
  iss: v.pipe(v.string(), v.description("The token's `iss`.")),
  sub: v.pipe(v.string(), v.description("The token's `sub`.")),
  limits: agentLimits,
  tasks: v.pipe(
    v.array(
      v.strictObject({
        id: taskId,
        purpose: v.string(),
        status: v.pipe(
          v.string(),
          v.description("`active`, or `pending_approval` for a task that has no key, since it asked people first."),
        ),
        approval: v.exactOptional(v.strictObject({ id: approvalId, state: approvalStatus })),
        expires_at: instant,
      }),
    ),
    v.maxLength(MOST_SHOWN),
    v.description(`The agent's live tasks, ${MOST_SHOWN} at most.`),
  ),
  live_tasks: v.pipe(v.number(), v.integer(), v.description("Number of the agent's live tasks.")),
});

/** `GET /v1/self` */
export const readSelf = operation({
  id: "readSelf",
  tag: "Exchange",
  method: "GET",
  path: "/v1/self",
  caller: "agent",
  function: "exchange",
  summary: "Which agent is this token's, and what of it is alive?",
  description: `For an agent with its OIDC token after \`Bearer\`: the registration that the token leads to, its limits, and its live tasks. Uses up nothing: the token still starts a task. A token that a task was started with is refused. At most ${RATE_LIMITS.question} questions a minute for an agent.`,
  answer: { status: 200, says: "The agent.", schema: self },
  examples: { self: "An agent with one live task" },
  refuses: [...BY_AGENTS_TOKEN, "token_replayed", "too_many_requests", "overloaded", "store_unavailable"],
});

const decisionForm = v.union([startTaskForm, startTaskForPersonForm, startTaskBelowForm]);

const decisionAnswer = v.strictObject({
  agent: agentId,
  decision: v.pipe(
    v.picklist(["permitted", "approval", "refused"]),
    v.description("`approval`: people have to approve the request first."),
  ),
  authorization_details: v.exactOptional(detailsGranted),
  denials: v.exactOptional(v.pipe(v.array(denial), v.description("Each part that policy does not permit."))),
  needed: v.exactOptional(
    v.pipe(
      v.array(v.strictObject({ group: v.string(), count: v.pipe(v.number(), v.integer()) })),
      v.description("With `approval`: the votes that the request takes."),
    ),
  ),
  refusal: v.exactOptional(
    v.pipe(v.omit(refusalAnswer, ["denials"]), v.description("With `refused`: what the exchange would answer.")),
  ),
});

/** `POST /v1/decide` */
export const decideRequest = operation({
  id: "decideRequest",
  tag: "Exchange",
  method: "POST",
  path: "/v1/decide",
  caller: "agent",
  function: "exchange",
  summary: "Would this request start a task? The decision alone",
  description: `Takes the form that starts a task, for the agent itself, for a person, or below another task. Answers what the exchange would decide now, and tells no more than a denial would. Nothing is issued, no token is used up, and a refusal is no escalation. Limits of live tasks, outages of AWS, and what is first seen when a task is recorded (a person whose tasks were ended) are not part of it. At most ${RATE_LIMITS.question} questions a minute for an agent.`,
  body: { schema: decisionForm, form: true },
  provenInForm: true,
  answer: { status: 200, says: "The decision.", schema: decisionAnswer },
  examples: {
    permitted: "A request that policy permits",
    approval: "A request that people have to approve",
    refused: "A request of which policy permits nothing",
  },
  refuses: [
    ...WITH_BODY,
    "unsupported_grant_type",
    "unsupported_token_type",
    "delegation_token_invalid",
    "intent_invalid",
    ...BY_AGENTS_TOKEN,
    "agent_cooling_down",
    "token_replayed",
    "too_many_requests",
    "overloaded",
    "store_unavailable",
  ],
});

const ownReach = v.strictObject({ agent: agentId, ...reachEntries });

/** `GET /v1/self/reach` */
export const readOwnReach = operation({
  id: "readOwnReach",
  tag: "Exchange",
  method: "GET",
  path: "/v1/self/reach",
  caller: "agent",
  function: "explain",
  summary: "What does policy grant this token's agent?",
  description: `An upper bound on what policy grants the agent, in words, with what is left out of it. A request for a part of it may still be denied: by a condition on the request, or because people must approve. At most ${RATE_LIMITS.question} questions a minute for an agent.`,
  answer: { status: 200, says: "The reach of the agent.", schema: ownReach },
  examples: { reach: "An agent that reads reports and searches tickets" },
  refuses: [...BY_AGENTS_TOKEN, "token_replayed", "too_many_requests", "store_unavailable"],
});

export interface OwnReach extends AnswerOf<typeof readOwnReach> {}
export interface Self extends AnswerOf<typeof readSelf> {}
export interface Decision extends AnswerOf<typeof decideRequest> {}
export type DecisionRequest = BodyOf<typeof decideRequest>;

/** Operations of an agent about itself, and their schemas by their names in the document. */
export const SELF = {
  operations: [readSelf, readOwnReach, decideRequest],
  requests: { DecisionRequest: decisionForm },
  answers: { Self: self, OwnReach: ownReach, Decision: decisionAnswer },
} as const satisfies Noun;
