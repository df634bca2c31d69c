import * as v from "valibot";
import { accountId, agentId, givenTaskId, instant, setsCondition, taskId } from "./fields.ts";
import { CONTAINMENTS, DONE, RULE_IDS } from "./names.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";
import { BY_OPERATORS } from "./refused-by.ts";

const rule = v.pipe(v.picklist(RULE_IDS), v.description("Rule of escalation."));
const says = v.pipe(v.string(), v.description("When the rule fires, in words."));
const text = v.pipe(v.string(), v.maxLength(256));

const found = v.strictObject({
  rule,
  says,
  at: v.pipe(instant, v.description("Time of the call, or of the refused request.")),
  found_at: v.pipe(instant, v.description("Time of the record: CloudTrail reports minutes after the call.")),
  agent: v.exactOptional(v.pipe(agentId, v.description("Agent, by the record of its task."))),
  task: v.exactOptional(taskId),
  account: v.exactOptional(accountId),
  role: v.exactOptional(text),
  session: v.exactOptional(
    v.pipe(text, v.description("Name of a session whose key nobody recorded. The session's maker chose the name.")),
  ),
  key_id: v.exactOptional(text),
  action: v.exactOptional(text),
  resource: v.exactOptional(text),
  error: v.exactOptional(text),
  source_ip: v.exactOptional(text),
  event_id: v.exactOptional(v.pipe(text, v.description("CloudTrail's id of the call's event."))),
  token_sha256: v.exactOptional(v.pipe(v.string(), v.description("Hash of the delegation token that was used."))),
  done: v.pipe(v.union([v.picklist(DONE), setsCondition]), v.description("Response that was given.")),
  paused_for: v.exactOptional(
    v.pipe(v.string(), v.description("Person (or agent at the root) for whom alone the agent was paused.")),
  ),
  wanted: v.exactOptional(
    v.pipe(
      v.union([v.picklist(CONTAINMENTS), setsCondition]),
      v.description("Response that the configuration demands, where it is a stronger one."),
    ),
  ),
  event: v.pipe(v.string(), v.description("Root of the journal event that records it.")),
});

const unlisted = v.strictObject({
  rule,
  says,
  agent: v.exactOptional(agentId),
  account: v.exactOptional(accountId),
  until: v.pipe(instant, v.description("End of the hour.")),
  unlisted: v.pipe(
    v.literal(true),
    v.description("The hour had more escalations than are listed; the journal has all."),
  ),
});

const escalationList = v.strictObject({
  escalations: v.array(v.union([found, unlisted])),
  next: v.exactOptional(v.pipe(v.string(), v.description("Send it as `after` for the next page."))),
});

/** `GET /v1/escalations` */
export const listEscalations = operation({
  id: "listEscalations",
  tag: "Operators",
  method: "GET",
  path: "/v1/escalations",
  caller: "operator",
  function: "operate",
  permission: "valetkey:ListEscalations",
  stepUp: "never",
  summary: "List the escalations, of all agents, of one (`?agent=`) or of a tree of tasks (`?tree=`)",
  description:
    "Detections of the rules of escalation within 90 days, with the response to each. The latest come first, 50 on a page. Agents that policy does not let the operator look at are left out, so that a page may have fewer. At most ten of one rule about one agent are listed for an hour; an entry with `unlisted` shows that there were more. The list is an overview: the proof is the journal's `event`.",
  query: {
    agent: v.exactOptional(v.pipe(agentId, v.description("An agent's id: its escalations."))),
    tree: v.exactOptional(v.pipe(givenTaskId, v.description("A task's id: the escalations of all tasks in its tree."))),
    after: v.exactOptional(v.pipe(v.string(), v.description("`next` of the page before."))),
  },
  answer: { status: 200, says: "The escalations.", schema: escalationList },
  examples: { found: "AWS has denied a task a write to permissions", none: "No rule has found anything" },
  refuses: [...BY_OPERATORS, "malformed_request", "agent_not_found", "task_unknown"],
});

export interface EscalationList extends AnswerOf<typeof listEscalations> {}
/** Escalation, or the mark of an hour with more escalations of a kind than are listed. */
export type EscalationRow = EscalationList["escalations"][number];
export interface UnlistedEscalations extends Extract<EscalationRow, { readonly unlisted: true }> {}
export interface FoundEscalation extends Exclude<EscalationRow, { readonly unlisted: true }> {}

/** Operations of escalations, and their schemas by their names in the document. */
export const ESCALATIONS = {
  operations: [listEscalations],
  requests: {},
  answers: { EscalationList: escalationList },
} as const satisfies Noun;
