import * as v from "valibot";
import { agentId, endReason, wholeNumber } from "../../contract/fields.ts";
import { CONSENT_DAYS } from "../../contract/limits.ts";
import { readableLine, readableLines } from "../../contract/readable-text.ts";
import { signature, stepUp } from "../../contract/vote.ts";
import { requestedDetails } from "./authorization-details.ts";
import { modelHashes } from "./threat-model-answers.ts";

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

/** Schema of the body of an offboarding. */
export const offboard = v.strictObject({ ...endReason.entries, step_up: v.exactOptional(stepUp) });

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
