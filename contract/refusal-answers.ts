import * as v from "valibot";
import { approvalId, denial, instant } from "./fields.ts";
import type { Frozen } from "./operation.ts";
import { REFUSALS, type RefusalCode } from "./refusals.ts";

const CODES = Object.keys(REFUSALS) as RefusalCode[];
const ERRORS = [...new Set(Object.values(REFUSALS).map(([, error]) => error))];

/** Schema of an approval in the answer to its agent. */
export const approvalAnswer = v.strictObject({
  id: approvalId,
  hash: v.pipe(v.string(), v.description("SHA-256 of the record that people decide about, base64url.")),
  needed: v.array(
    v.strictObject({
      group: v.pipe(v.string(), v.description("`@person`: the person for whom the agent acts.")),
      count: v.pipe(v.number(), v.integer(), v.description("Votes that the group has to give.")),
      have: v.pipe(v.number(), v.integer(), v.description("Votes that it has given.")),
    }),
  ),
  expires_at: v.pipe(instant, v.description("Moment from which nobody can approve any more.")),
  url: v.pipe(v.string(), v.url(), v.description("Page on which people decide.")),
});

/** Seconds between two polls (RFC 8628, section 3.2). */
export const interval = v.pipe(v.number(), v.integer(), v.description("Seconds to wait between two polls."));

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
  interval: v.exactOptional(interval),
  approval: v.exactOptional(v.pipe(approvalAnswer, v.description("With `authorization_pending`."))),
  reason: v.exactOptional(
    v.pipe(
      v.string(),
      v.description(
        "With `approval_denied`, and with `too_many_approvals` after a denial: the person's own words, as plain text.",
      ),
    ),
  ),
  act: v.exactOptional(v.pipe(v.string(), v.description("With `step_up_required`: the act, in words."))),
  console: v.exactOptional(
    v.pipe(v.string(), v.url(), v.description("With `step_up_required`: the page on which the operator performs it.")),
  ),
  rejected: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.number(), v.integer())),
      v.description("With `approval_denied`: indices of the details that the person rejects."),
    ),
  ),
  example: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description("With `malformed_request` and `unsupported_media_type`: a body that the operation takes."),
    ),
  ),
  budget: v.exactOptional(
    v.pipe(v.string(), v.description("With `budget_spent`: the spent budget, as policy writes it.")),
  ),
  retry_after: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.description(
        "With `budget_spent`: seconds until it allows more. With `label_conflict`: until the other label is free.",
      ),
    ),
  ),
  label: v.exactOptional(v.pipe(v.string(), v.description("With `label_conflict`: label of the request."))),
  conflicts_with: v.exactOptional(
    v.pipe(v.string(), v.description("With `label_conflict`: label from which policy keeps it apart.")),
  ),
  changed: v.exactOptional(
    v.pipe(v.array(v.string()), v.description("With `approval_void`: the parts that have changed since the request.")),
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

export interface RefusalAnswer extends Frozen<v.InferOutput<typeof refusalAnswer>> {}
export interface CredentialsRefusal extends Frozen<v.InferOutput<typeof credentialsRefusalAnswer>> {}
export interface ApprovalAnswer extends Frozen<v.InferOutput<typeof approvalAnswer>> {}
