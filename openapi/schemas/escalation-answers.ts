import * as v from "valibot";
import { accountId, agentId, instant, taskId } from "../../contract/fields.ts";
import { CONTAINMENTS, DONE, RULE_IDS } from "../../contract/names.ts";

const rule = v.pipe(v.picklist(RULE_IDS), v.description("Rule of escalation."));
const says = v.pipe(v.string(), v.description("When the rule fires, in words."));
const text = v.pipe(v.string(), v.maxLength(256));
const containment = v.picklist(CONTAINMENTS);
const done = v.picklist(DONE);

const escalation = v.strictObject({
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
  done: v.pipe(done, v.description("Response that was given.")),
  paused_for: v.exactOptional(
    v.pipe(v.string(), v.description("Person (or agent at the root) for whom alone the agent was paused.")),
  ),
  wanted: v.exactOptional(
    v.pipe(containment, v.description("Response that the configuration demands, where it is a stronger one.")),
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

/** Answer of `GET /v1/escalations`. */
export const escalationListAnswer = v.strictObject({
  escalations: v.array(v.union([escalation, unlisted])),
  next: v.exactOptional(v.pipe(v.string(), v.description("Send it as `after` for the next page."))),
});
