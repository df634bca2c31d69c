import * as v from "valibot";
import { agentAnswer, ofAgent } from "./agents.ts";
import { agentId, instant, wholeNumber } from "./fields.ts";
import { DEFAULT_LIMITS, MOST_LABELS, TASK_SECONDS } from "./limits.ts";
import { LABEL } from "./names.ts";
import { type Noun, operation } from "./operation.ts";
import { readableLine } from "./readable-text.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { stepUp } from "./vote.ts";

const endsAt = v.pipe(
  instant,
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
  v.description(
    "End of the agent, in UTC and in the future. The agent gets no credentials from then on, and none of its tasks lives longer.",
  ),
);

const limits = v.strictObject({
  live_tasks: wholeNumber(1_000, DEFAULT_LIMITS.liveTasks, "Tasks alive at one time."),
  task_seconds: wholeNumber(TASK_SECONDS.most, DEFAULT_LIMITS.taskSeconds, "Seconds that one task may live."),
  tasks_per_minute: wholeNumber(
    6_000,
    DEFAULT_LIMITS.tasksPerMinute,
    "Most requests for tasks in a minute, granted or not.",
  ),
});

const labels = v.pipe(
  v.array(v.pipe(v.string(), v.regex(LABEL))),
  v.maxLength(MOST_LABELS),
  v.description(
    "Labels that policies match: `principal.labels.contains(...)`. Each once. Adding and removing them needs `valetkey:LabelAgent`, which the right to register or change agents does not include.",
  ),
);

const owner = v.pipe(
  readableLine(256),
  v.description(
    "Person who is responsible: `issuer|person`, the name of a people's issuer and the value of its person claim. A text without a bar is stored unchanged and names no person. One vote alone then approves nothing of the agent.",
  ),
);

const contact = v.pipe(
  readableLine(256),
  v.description("Address of the owner or of their team, for people to write to."),
);

const bindings = v.pipe(
  v.array(
    v.strictObject({
      issuer: v.pipe(v.string(), v.description("The name of a configured issuer of kind `agents`.")),
      claims: v.pipe(
        v.record(
          v.pipe(v.string(), v.minLength(1), v.maxLength(256), v.notValue("__proto__")),
          v.pipe(v.string(), v.minLength(1), v.maxLength(512), v.regex(/^[^*]*$/)),
        ),
        v.minEntries(1),
        v.maxEntries(10),
        v.description(
          "Claims that a token must carry, compared exactly, without wildcards. The issuer's pin (`repository_id` for GitHub, `sub` for most) must be among them.",
        ),
      ),
    }),
  ),
  v.minLength(1),
  v.maxLength(20),
  v.description("A token that carries all of one binding's claims is this agent's. No token may match two agents."),
);

const registration = v.strictObject({
  id: v.pipe(
    agentId,
    v.description("Id of the agent, never reused. It is the source identity of all calls of the agent's tasks in AWS."),
  ),
  name: readableLine(128),
  owner,
  contact: v.exactOptional(contact),
  team: v.pipe(readableLine(64), v.description("The agent's team, its parent in policies: `principal in Team::...`.")),
  bindings,
  labels: v.exactOptional(labels),
  ends_at: v.exactOptional(endsAt),
  limits: v.exactOptional(limits),
  step_up: v.exactOptional(stepUp),
});

/** Schema of a change of an agent; omitted fields remain as they are. */
const agentChange = v.pipe(
  v.strictObject({
    name: v.exactOptional(readableLine(128)),
    owner: v.exactOptional(owner),
    contact: v.exactOptional(contact),
    team: v.exactOptional(readableLine(64)),
    labels: v.exactOptional(v.pipe(labels, v.description("All of its labels: a label that is not named is removed."))),
    ends_at: v.exactOptional(v.nullable(endsAt)),
    limits: v.exactOptional(
      v.pipe(limits, v.description("Limits of the agent. A limit that is not named returns to its default.")),
    ),
    step_up: v.exactOptional(stepUp),
  }),
  v.minEntries(1),
);

/** `POST /v1/agents` */
export const registerAgent = operation({
  id: "registerAgent",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents",
  caller: "operator",
  function: "register",
  permission: "valetkey:RegisterAgent",
  stepUp: "always",
  summary: "Register an agent",
  description:
    "Registers a workload with a name, an owner, a team, and bindings, which say which tokens are the agent's own. Policies say what the agent may do. A binding that could match another agent's token is refused.",
  body: { schema: registration },
  answer: { status: 201, says: "The agent, registered and active.", schema: agentAnswer },
  examples: {
    agent: "An agent with the required fields",
    "agent-with-limits": "An agent with an end date and limits",
    "with-a-vote": "An agent, with the vote that `stepUp` asks for",
  },
  refuses: [
    ...BY_OPERATORS,
    ...WITH_BODY,
    ...BY_VOTE,
    "agent_invalid",
    "agent_exists",
    "binding_overlaps",
    "contended",
  ],
});

/** `POST /v1/agents/{agent}` */
export const changeAgent = operation({
  id: "changeAgent",
  tag: "Operators",
  method: "POST",
  path: "/v1/agents/{agent}",
  caller: "operator",
  function: "register",
  permission: "valetkey:ChangeAgent",
  stepUp: "where it gives",
  summary: "Change an agent's name, owner, contact, team, labels, end date or limits",
  description:
    "Changes an agent's name, owner, contact, team, end date, labels or limits; omitted fields stay. The id and the bindings cannot be changed: another identity is another agent. A change of the owner or the team must be permitted for the new one too. A change of labels also needs `valetkey:LabelAgent`, as does another owner or team for an agent with labels.",
  parameters: ofAgent,
  body: { schema: agentChange },
  answer: { status: 200, says: "The agent, changed.", schema: agentAnswer },
  examples: {
    changed: "Another team, and fewer tasks at a time",
    labelled: "Other labels",
    "with-a-vote": "Another team, with the vote that `stepUp` asks for",
  },
  refuses: [
    ...BY_OPERATORS,
    ...WITH_BODY,
    ...BY_VOTE,
    "agent_not_found",
    "agent_invalid",
    "agent_offboarded",
    "contended",
  ],
});

/** Operations of registrations, and their schemas by their names in the document. */
export const REGISTRATIONS = {
  operations: [registerAgent, changeAgent],
  requests: { AgentChange: agentChange, Registration: registration },
  answers: {},
} as const satisfies Noun;
