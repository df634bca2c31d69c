import * as v from "valibot";
import { endReason } from "../../contract/fields.ts";
import { readableLines } from "../../contract/readable-text.ts";
import { stepUp } from "../../contract/vote.ts";

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
