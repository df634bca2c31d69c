import * as v from "valibot";
import { isAgentId } from "./agent-id.ts";
import { isApprovalId } from "./approval-id.ts";
import { isConditionScope } from "./condition-scope.ts";
import { CONDITION_SECONDS, REASON_CHARACTERS, TOKEN_CHARACTERS } from "./limits.ts";
import {
  ACCOUNT_ID,
  AGENT_ID,
  APPROVAL_ID,
  CONDITION_NAME,
  GIVEN_TASK_ID,
  SETS_CONDITION,
  type SetsCondition,
  TASK_ID,
  tokenForm,
} from "./names.ts";
import { readableLine } from "./readable-text.ts";

const AN_AGENT = "an agent's id: 2 to 64 of a-z, 0-9 and hyphens, with none at its ends.";
export const agentId = v.pipe(v.string(AN_AGENT), v.regex(AGENT_ID, AN_AGENT), v.guard(isAgentId));

/** Schema of a response to an escalation that sets a condition. */
export const setsCondition = v.pipe(
  v.string(),
  v.regex(SETS_CONDITION),
  v.guard((text): text is SetsCondition => SETS_CONDITION.test(text)),
);

/** Schema of an approval's id. */
export const approvalId = v.pipe(
  v.string(),
  v.regex(APPROVAL_ID),
  v.guard(isApprovalId),
  v.description("The id of the request for approval, as `task.approval.id` names it."),
);

export const personName = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9-]{2,32}\|.{1,256}$/),
  v.description("A person: the issuer's name and the value of its person claim."),
);

export const taskId = v.pipe(
  v.string(),
  v.regex(TASK_ID),
  v.description(
    "A task's id, the dot at its end included. It is the role session name of all that the task does in AWS, so CloudTrail carries it.",
  ),
);

/** Schema of a task's id in a request. */
export const givenTaskId = v.pipe(
  v.string(),
  v.regex(GIVEN_TASK_ID),
  v.description("A task's id: `task.id` of the answer that started it. The dot at its end may be left out."),
);

export const leaseName = v.pipe(
  v.string(),
  v.regex(/^aws-\d{1,3}$/),
  v.description(
    "All details of an account share one lease, or few where one session policy is too small. `aws-0` serves `authorization_details[0]`, and perhaps more.",
  ),
);

export const servedDetails = v.pipe(
  v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  v.description("The details that it serves: indices of the granted `authorization_details`."),
);

/** Schema of a scope (RFC 6749, section 3.3). */
export const toolScope = v.pipe(
  v.string(),
  v.description("The granted tools of the server, with spaces between them."),
);

/** Schema of the names of the accounts that an answer shows. */
export const accountNames = v.exactOptional(
  v.pipe(
    v.record(v.pipe(v.string(), v.regex(ACCOUNT_ID)), v.string()),
    v.description(
      "Names of the answer's accounts, by their ids, as `valetkey.json` has them: labels for people, by which nothing is decided. Absent where none has a name.",
    ),
  ),
);

export const accountId = v.pipe(v.string(), v.regex(ACCOUNT_ID), v.description("An AWS account id."));

const AN_INSTANT = "an instant, such as 2026-11-24T12:00:00Z.";
export const instant = v.pipe(v.string(AN_INSTANT), v.isoTimestamp(AN_INSTANT));

/** Start of an outage of IAM. */
export const unwritableSince = v.exactOptional(
  v.pipe(
    instant,
    v.description("Last moment at which IAM had the policy that the record demands; absent where none is recorded."),
  ),
);

export const oidcToken = v.pipe(
  v.string(),
  v.maxLength(TOKEN_CHARACTERS),
  v.regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/),
);

export const taskToken = v.pipe(v.string(), v.regex(tokenForm("vk")));

export const delegationToken = v.pipe(v.string(), v.regex(tokenForm("vkd")));

export const presentationToken = v.pipe(v.string(), v.regex(tokenForm("vkp")));

/** Schema of a count with a default, which may be left out. */
export const wholeNumber = (most: number, otherwise: number, says: string) =>
  v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(most),
      v.metadata({ default: otherwise, description: says }),
    ),
  );

/** Schema of the body of an ending, which may have a reason. */
export const endReason = v.strictObject({
  reason: v.exactOptional(
    v.pipe(
      readableLine(REASON_CHARACTERS),
      v.description("Reason, for the agent's journal, its operators and auditors."),
    ),
  ),
});

/** Schema of a part of a request that policy does not permit. */
export const denial = v.strictObject({
  action: v.string(),
  target: v.pipe(v.string(), v.description("An ARN, `*`, `server/tool`, or a tool server's id.")),
  reason: v.string(),
  policy: v.exactOptional(v.pipe(v.string(), v.description("The policy that decided."))),
  hint: v.exactOptional(v.pipe(v.string(), v.description("Advice: what to request instead."))),
});

/** Name of a condition of the world. */
export const conditionName = v.pipe(
  v.string(),
  v.regex(CONDITION_NAME),
  v.description("The condition's name in `valetkey.json`."),
);

/** Place of a condition of the world. */
export const conditionScope = v.pipe(
  v.string(),
  v.maxLength(128),
  v.guard(isConditionScope),
  v.description(
    "Place in which it holds: `hub`, `account:111122223333`, `team:data` or `agent:reporter`; `valetkey.json` lists the kinds that the condition may have.",
  ),
);

/** Time for which a condition of the world is set. */
export const conditionSeconds = v.pipe(v.number(), v.integer(), v.minValue(CONDITION_SECONDS));
