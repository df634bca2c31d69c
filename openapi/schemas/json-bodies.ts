import * as v from "valibot";
import { agentId, instant } from "../../contract/fields.ts";
import { CONSENT_DAYS, DEFAULT_LIMITS, MOST_LABELS, TASK_SECONDS } from "../../contract/limits.ts";
import { LABEL } from "../../contract/names.ts";
import { readableLine, readableLines } from "../../contract/readable-text.ts";
import { signature, stepUp } from "../../contract/vote.ts";
import { requestedDetails } from "./authorization-details.ts";
import { modelHashes } from "./threat-model-answers.ts";

const wholeNumber = (most: number, otherwise: number, says: string) =>
  v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(most),
      v.metadata({ default: otherwise, description: says }),
    ),
  );

/** Schema of a task's outcome, as its holder reports it. */
export const completion = v.strictObject({
  outcome: v.picklist(["success", "failure"]),
  detail: v.exactOptional(
    v.pipe(
      readableLines(1_024),
      v.description(
        "Result of the task, which operators read. Line breaks and tabs are the only allowed control characters.",
      ),
    ),
  ),
});

/** Schema of the reason of a suspension or an offboarding. */
export const haltReason = v.strictObject({
  reason: v.exactOptional(
    v.pipe(readableLine(256), v.description("Reason, for the agent's journal, its operators and auditors.")),
  ),
});

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

/** Schema of an agent's labels. */
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

/** Schema of the body of an offboarding. */
export const offboard = v.strictObject({ ...haltReason.entries, step_up: v.exactOptional(stepUp) });

/** Schema of a consent. Without `step_up` the consent is refused, and the answer has the page of the sign-in. */
export const consent = v.strictObject({
  agent: v.pipe(agentId, v.description("Agent that may act for you.")),
  purpose: v.pipe(readableLine(256), v.description("Purpose, in your own words; it limits nothing.")),
  authorization_details: v.pipe(
    requestedDetails,
    v.description("Ceiling: the most that the agent gets for you. At most 4,096 characters."),
  ),
  days: wholeNumber(CONSENT_DAYS.most, CONSENT_DAYS.usual, "Days until it expires."),
  step_up: v.exactOptional(signature),
});

/**
 * Schema of an acceptance of a threat model. Without `step_up` the acceptance is refused, and the answer has the page
 * of the sign-in.
 */
export const threatModelHashes = v.strictObject({ ...modelHashes.entries, step_up: v.exactOptional(signature) });

/** Schema of a change of an agent; omitted fields remain as they are. */
export const agentChange = v.pipe(
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

/** Schema of an agent's registration, with the bindings of its tokens. */
export const registration = v.strictObject({
  id: v.pipe(
    agentId,
    v.description("Id of the agent, never reused. It is the source identity of all calls of the agent's tasks in AWS."),
  ),
  name: readableLine(128),
  owner,
  contact: v.exactOptional(contact),
  team: v.pipe(readableLine(64), v.description("The agent's team, its parent in policies: `principal in Team::...`.")),
  bindings: v.pipe(
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
  ),
  labels: v.exactOptional(labels),
  ends_at: v.exactOptional(endsAt),
  limits: v.exactOptional(limits),
  step_up: v.exactOptional(stepUp),
});
