import * as v from "valibot";
import { endReason } from "../../../contract/fields.ts";
import { stepUp } from "../../../contract/vote.ts";

/** Schema of the body of an offboarding. */
export const offboard = v.strictObject({ ...endReason.entries, step_up: v.exactOptional(stepUp) });
