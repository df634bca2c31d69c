import * as v from "valibot";
import { endReason } from "../../contract/fields.ts";
import { readableLines } from "../../contract/readable-text.ts";
import { signature, stepUp } from "../../contract/vote.ts";
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

/**
 * Schema of an acceptance of a threat model. Without `step_up` the acceptance is refused, and the answer has the page
 * of the sign-in.
 */
export const threatModelHashes = v.strictObject({ ...modelHashes.entries, step_up: v.exactOptional(signature) });
