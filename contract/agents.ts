import * as v from "valibot";
import { agentId, endReason, instant, taskId } from "./fields.ts";
import { AGENT_STATUSES } from "./names.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { votedReason } from "./vote.ts";

/** Schema of an agent's status. */
export const agentStatus = v.pipe(
  v.picklist(AGENT_STATUSES),
  v.description(
    "Status of the agent. Only an active agent gets credentials, and none after its `ends_at`. The last two statuses are final.",
  ),
);

const agentSummary = {
  id: agentId,
  name: v.string(),
  owner: v.pipe(
    v.string(),
    v.description("Person who is responsible: `issuer|person`; or, of an older registration, any text."),
  ),
  contact: v.exactOptional(v.string()),
  team: v.string(),
  labels: v.pipe(v.array(v.string()), v.description("The agent's labels, which policies match, in order.")),
  status: agentStatus,
  created_at: instant,
  ends_at: v.exactOptional(instant),
  confirmed_at: v.exactOptional(v.pipe(instant, v.description("Time of the owner's last confirmation."))),
  confirmed_by: v.exactOptional(
    v.pipe(v.string(), v.description("Person who confirmed the agent last, as `issuer|person`.")),
  ),
  confirm_by: v.exactOptional(
    v.pipe(instant, v.description("Time by which the owner must confirm again; then the agent is suspended.")),
  ),
};

/** Schema of an agent's limits. */
export const agentLimits = v.strictObject({
  live_tasks: v.pipe(v.number(), v.integer(), v.description("Tasks alive at one time.")),
  task_seconds: v.pipe(v.number(), v.integer(), v.description("Seconds that one task may live.")),
  tasks_per_minute: v.pipe(
    v.number(),
    v.integer(),
    v.description("Most requests for tasks in a minute, granted or not."),
  ),
});

const lastUsedOn = v.exactOptional(
  v.pipe(v.string(), v.isoDate(), v.description("Last day (UTC) on which the agent started a task.")),
);

/** Schema of a registered agent. */
export const agentAnswer = v.strictObject({
  ...agentSummary,
  halted: v.exactOptional(
    v.strictObject({
      at: instant,
      by: v.pipe(v.string(), v.description("An operator, an event's source, or `check`.")),
      reason: v.exactOptional(
        v.pipe(
          v.string(),
          v.description("The operator's reason; for a check, `unconfirmed`, `past_its_end` or `unreviewed`."),
        ),
      ),
      reason_by: v.exactOptional(
        v.pipe(v.string(), v.description("Operator who gave the reason later, where another one halted the agent.")),
      ),
    }),
  ),
  paused_for: v.exactOptional(
    v.pipe(
      v.array(
        v.strictObject({
          party: v.pipe(v.string(), v.description("Person, as `issuer|person`, or agent at the root of a tree.")),
          by: v.pipe(v.string(), v.description("Rule of escalation, with its detection.")),
          at: v.pipe(instant, v.description("Time of the call that triggered the rule.")),
          until: instant,
        }),
      ),
      v.description("For whom rules of escalation have paused the agent. Resuming the agent ends every pause."),
    ),
  ),
  last_used_on: lastUsedOn,
  bindings: v.array(v.strictObject({ issuer: v.string(), claims: v.record(v.string(), v.string()) })),
  limits: agentLimits,
});

/** Fields about the tasks that the ending of an agent has ended. */
export const endedByRequest = {
  ended_tasks: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.description("Number of live tasks that this request ended, other agents' tasks below them included."),
  ),
  ended: v.pipe(v.array(taskId), v.description("Those tasks.")),
};

const suspendedAgent = v.strictObject({ ...agentAnswer.entries, ...endedByRequest });

const agentList = v.strictObject({
  agents: v.array(v.strictObject({ ...agentSummary, last_used_on: lastUsedOn })),
  next: v.exactOptional(
    v.pipe(v.string(), v.description("Cursor of the next page: repeat the request with `after=` this value.")),
  ),
});

/** Parameters of the path of an operation on one agent. */
export const ofAgent = { agent: v.pipe(agentId, v.description("The agent's id.")) };

/** `GET /v1/agents` */
export const listAgents = operation({
  id: "listAgents",
  tag: "Operators",
  method: "GET",
  path: "/v1/agents",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ListAgents",
  stepUp: "never",
  summary: "List agents",
  description:
    "All registered agents, suspended ones included, by id and page by page. A page holds the matching agents of a hundred, so it may be empty and still have a `next`. Offboarded agents are listed on request only.",
  query: {
    after: v.pipe(v.exactOptional(agentId), v.description("The `next` of the page before.")),
    status: v.pipe(v.exactOptional(v.picklist(AGENT_STATUSES)), v.description("Only agents of this status.")),
    used: v.pipe(
      v.exactOptional(v.picklist(["true", "false"])),
      v.description("`true`: with the day of each agent's last use."),
    ),
    inactive_days: v.pipe(
      v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(9_999))),
      v.description("Only agents that have started no task for so many days, with the day of their last one."),
    ),
  },
  answer: { status: 200, says: "A page of agents.", schema: agentList },
  examples: { agents: "The agents", inactive: "Agents that have not been used for a month" },
  refuses: [...BY_OPERATORS, "malformed_request"],
});

/** `GET /v1/agents/{agent}` */
export const readAgent = operation({
  id: "readAgent",
  tag: "Operators",
  method: "GET",
  path: "/v1/agents/{agent}",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ReadAgent",
  stepUp: "never",
  summary: "Read an agent",
  description: "One agent, with its bindings and limits. Only those who may read it learn whether it exists.",
  parameters: ofAgent,
  answer: { status: 200, says: "The agent.", schema: agentAnswer },
  examples: { agent: "The agent" },
  refuses: [...BY_OPERATORS, "agent_not_found"],
});

/** `POST /v1/agents/{agent}/suspend` */
export const suspendAgent = operation({
  id: "suspendAgent",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents/{agent}/suspend",
  caller: "operator",
  function: "operate",
  permission: "valetkey:SuspendAgent",
  stepUp: "never",
  summary: "Suspend an agent and end its tasks",
  description:
    "Suspends the agent: it gets no credentials, its live tasks are ended, and AWS denies their credentials within seconds. Repeat the request until it returns 200: a repeat ends the tasks that a failure left. The agent's journal records a reason, also a later one.",
  parameters: ofAgent,
  body: { schema: endReason, optional: true },
  answer: { status: 200, says: "The agent, suspended.", schema: suspendedAgent },
  examples: { suspended: "An agent with one live task" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, "agent_not_found", "contended"],
});

/** `POST /v1/agents/{agent}/resume` */
export const resumeAgent = operation({
  id: "resumeAgent",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents/{agent}/resume",
  caller: "operator",
  function: "register",
  permission: "valetkey:ResumeAgent",
  stepUp: "always",
  summary: "Resume a suspended agent",
  description:
    "The agent may start tasks again; ended tasks stay ended. The agent's journal records a reason. Where `stepUp` is on, the body has the vote.",
  parameters: ofAgent,
  body: { schema: votedReason, optional: true },
  answer: { status: 200, says: "The agent, active.", schema: agentAnswer },
  examples: {
    resumed: "An agent that was suspended",
    "with-a-vote": "The same, with the vote that `stepUp` asks for",
  },
  refuses: [
    ...BY_OPERATORS,
    ...WITH_BODY,
    ...BY_VOTE,
    "agent_not_found",
    "agent_offboarded",
    "not_eligible",
    "contended",
  ],
});

/** `POST /v1/agents/{agent}/confirm` */
export const confirmAgent = operation({
  id: "confirmAgent",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents/{agent}/confirm",
  caller: "operator",
  function: "register",
  permission: "valetkey:ConfirmAgent",
  stepUp: "never",
  summary: "Confirm that an agent is still needed",
  description:
    "The agent's owner confirms that it is still needed. An agent that is not confirmed in time is suspended; a confirmation does not resume it. The body is ignored.",
  parameters: ofAgent,
  answer: { status: 200, says: "The agent, confirmed.", schema: agentAnswer },
  examples: { confirmed: "An agent" },
  refuses: [...BY_OPERATORS, "agent_not_found", "agent_offboarded", "contended"],
});

export interface AgentList extends AnswerOf<typeof listAgents> {}
export interface ShownAgent extends AnswerOf<typeof readAgent> {}
export interface SuspendedAgent extends AnswerOf<typeof suspendAgent> {}
/** Agent in a list. */
export type ListedAgent = AgentList["agents"][number];

/** Operations of agents, and their schemas by their names in the document. */
export const AGENTS = {
  operations: [listAgents, readAgent, suspendAgent, resumeAgent, confirmAgent],
  requests: {},
  answers: { Agent: agentAnswer, AgentList: agentList, SuspendedAgent: suspendedAgent },
} as const satisfies Noun;
