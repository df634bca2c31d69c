import * as v from "valibot";
import { REFUSALS, type RefusalCode } from "../../functions/core/refusal.ts";

const CODES = Object.keys(REFUSALS) as RefusalCode[];
const ERRORS = [...new Set(Object.values(REFUSALS).map(([, error]) => error))];

const denial = v.strictObject({
  action: v.string(),
  target: v.pipe(v.string(), v.description("An ARN, `*`, `server/tool`, or a tool server's id.")),
  reason: v.string(),
  policy: v.exactOptional(v.pipe(v.string(), v.description("The policy that decided."))),
  hint: v.exactOptional(v.pipe(v.string(), v.description("What to ask for instead."))),
});

/** Schema of a refusal: RFC 6749, section 5.2, with further fields for machines. */
export const refusalAnswer = v.strictObject({
  error: v.pipe(v.picklist(ERRORS), v.description("OAuth's error code.")),
  error_description: v.pipe(v.string(), v.description("The fault, and what to do about it. The wording may change.")),
  code: v.pipe(v.picklist(CODES), v.description("Stable: branch on this one.")),
  denials: v.exactOptional(
    v.pipe(
      v.array(denial),
      v.description("With `policy_denied`: each part of the request that policy does not permit."),
    ),
  ),
});

/** Schema of a refusal with the two fields that the AWS SDKs read from a container credentials endpoint. */
export const credentialsRefusalAnswer = v.strictObject({
  ...refusalAnswer.entries,
  Code: v.pipe(v.string(), v.description("`code` again, where the AWS SDKs look for it.")),
  Message: v.pipe(v.string(), v.description("`error_description` again, where the AWS SDKs look for it.")),
});

/** Schema of a 500: a fault of the deployment, not a decision, so it has no `code`. */
export const failureAnswer = v.strictObject({ error: v.literal("server_error"), error_description: v.string() });
