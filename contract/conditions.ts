import * as v from "valibot";
import { conditionName, conditionScope, conditionSeconds, instant, taskId } from "./fields.ts";
import { REASON_CHARACTERS } from "./limits.ts";
import { AGENT_ID, CONDITION_KINDS, SCOPE_KINDS } from "./names.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { readableLine } from "./readable-text.ts";
import { BY_OPERATORS, BY_VOTE, WITH_BODY } from "./refused-by.ts";
import { stepUp } from "./vote.ts";

const held = v.strictObject({
  scope: v.pipe(v.string(), v.description("Place in which it holds.")),
  until: v.pipe(instant, v.description("Moment at which it ends by itself.")),
  set_at: instant,
  set_by: v.pipe(
    v.string(),
    v.description(
      "Who set it: an operator, `escalation:` and the rule and detection, or `event:` and the id of an event on the bus.",
    ),
  ),
  reason: v.string(),
});

/** Schema of a condition of the world, and where it holds now. */
export const condition = v.strictObject({
  condition: v.pipe(v.string(), v.description("Its name, as policies read it in `context.conditions`.")),
  kind: v.pipe(
    v.picklist(CONDITION_KINDS),
    v.description("`restricts`: where it holds, policies permit no more than without it. `permits`: no less."),
  ),
  scopes: v.pipe(v.array(v.picklist(SCOPE_KINDS)), v.description("Kinds of places in which it may be set.")),
  longest_seconds: v.pipe(v.number(), v.description("Longest time for which it may be set.")),
  holds: v.pipe(v.array(held), v.description("Places in which it holds now.")),
});

const conditionList = v.strictObject({ conditions: v.array(condition) });

const reason = v.pipe(
  readableLine(REASON_CHARACTERS),
  v.description("Reason, for the journal and for readers of the list of conditions."),
);

const change = {
  scope: conditionScope,
  reason,
  seconds: v.exactOptional(
    v.pipe(
      conditionSeconds,
      v.description(
        "Time for which it is set, at most `longest_seconds`. Needed to set a condition, and not to end one.",
      ),
    ),
  ),
};
const tightening = v.strictObject(change);
const loosening = v.strictObject({ ...change, step_up: v.exactOptional(stepUp) });

const recheck = v.strictObject({
  scope: conditionScope,
  dry_run: v.exactOptional(
    v.pipe(
      v.boolean(),
      v.description("`true` ends nothing, and decides as if the condition had just been tightened in that place."),
    ),
  ),
  after: v.exactOptional(v.pipe(v.string(), v.regex(AGENT_ID), v.description("`next` of the answer before."))),
});

const recheckedTasks = v.strictObject({
  condition: v.string(),
  scope: v.string(),
  dry_run: v.boolean(),
  decided: v.pipe(v.number(), v.description("Live tasks that were decided anew.")),
  tasks: v.pipe(
    v.array(
      v.strictObject({
        task: taskId,
        agent: v.string(),
        reason: v.pipe(
          v.string(),
          v.description("`condition:` and its name, or `policy` where policy denies the task without it, too."),
        ),
      }),
    ),
    v.description("Tasks that were ended, or would be. The tasks below each one end with it."),
  ),
  next: v.exactOptional(
    v.pipe(v.string(), v.description("There was no time for the agents after this one: ask again with it as `after`.")),
  ),
});

/** `GET /v1/conditions` */
export const listConditions = operation({
  id: "listConditions",
  tag: "Operators",
  method: "GET",
  path: "/v1/conditions",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ListConditions",
  stepUp: "never",
  summary: "List the conditions of the world, and where each holds",
  description:
    "All conditions that `valetkey.json` defines, such as `change-freeze`, and for each the places in which it holds now: since when, until when, by whom and why. Policies read them in `context.conditions`.",
  answer: { status: 200, says: "The conditions.", schema: conditionList },
  examples: { set: "A freeze holds in one account", none: "None holds" },
  refuses: BY_OPERATORS,
});

/** `POST /v1/conditions/{condition}/tighten` */
export const tightenCondition = operation({
  id: "tightenCondition",
  tag: "Operators",
  method: "POST",
  path: "/v1/conditions/{condition}/tighten",
  caller: "operator",
  function: "operate",
  permission: "valetkey:TightenConditions",
  stepUp: "never",
  summary: "Set a condition that restricts, or end one that permits",
  description:
    "From now on agents in that place are permitted no more than before. A condition that restricts is set until a moment: a shorter time later does not shorten it. A condition that permits ends there.",
  parameters: { condition: conditionName },
  body: { schema: tightening },
  answer: { status: 200, says: "The condition.", schema: condition },
  examples: { set: "A freeze of an account is set" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, "condition_not_found", "contended"],
});

/** `POST /v1/conditions/{condition}/loosen` */
export const loosenCondition = operation({
  id: "loosenCondition",
  tag: "Operators",
  method: "POST",
  path: "/v1/conditions/{condition}/loosen",
  caller: "operator",
  function: "register",
  permission: "valetkey:LoosenConditions",
  stepUp: "always",
  summary: "Lift a condition that restricts, or set one that permits",
  description:
    "From now on agents in that place may be permitted more than before, as policies say. Where `stepUp` is on, the body has the vote. A condition that nobody has set there stays so.",
  parameters: { condition: conditionName },
  body: { schema: loosening },
  answer: { status: 200, says: "The condition.", schema: condition },
  examples: {
    lifted: "A freeze of an account is lifted",
    "with-a-vote": "The same, with the vote that `stepUp` asks for",
  },
  refuses: [...BY_OPERATORS, ...WITH_BODY, ...BY_VOTE, "condition_not_found", "contended"],
});

/** `POST /v1/conditions/{condition}/recheck` */
export const recheckCondition = operation({
  id: "recheckCondition",
  tag: "Operators",
  method: "POST",
  path: "/v1/conditions/{condition}/recheck",
  caller: "operator",
  function: "recheck",
  permission: "valetkey:TightenConditions",
  stepUp: "never",
  summary: "Decide the live tasks in a place anew, and end those that policy denies",
  description:
    "valetkey does this by itself after each tightening. This route reports what ends, or with `dry_run` what would. A task ends that policy no longer permits, or for which it needs votes that the task does not have; one that waits for people goes on waiting, unless policy would deny it with their votes, too.",
  parameters: { condition: conditionName },
  body: { schema: recheck },
  answer: { status: 200, says: "What was decided.", schema: recheckedTasks },
  examples: { tried: "What a freeze would end", ended: "What it has ended" },
  refuses: [...BY_OPERATORS, ...WITH_BODY, "condition_not_found", "contended"],
});

export interface RecheckedTasks extends AnswerOf<typeof recheckCondition> {}
export interface ConditionList extends AnswerOf<typeof listConditions> {}
export interface Condition extends AnswerOf<typeof tightenCondition> {}

/** Operations of conditions of the world, and their schemas by their names in the document. */
export const CONDITIONS = {
  operations: [listConditions, tightenCondition, recheckCondition, loosenCondition],
  requests: { TightenedCondition: tightening, RecheckedCondition: recheck, LoosenedCondition: loosening },
  answers: { Condition: condition, ConditionList: conditionList, RecheckedTasks: recheckedTasks },
} as const satisfies Noun;
