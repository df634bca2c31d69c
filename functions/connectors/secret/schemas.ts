import * as v from "valibot";
import { common, names } from "../schema-fields.ts";

/** The connector needs no section of `valetkey.json`. */
const section = {};

/** What a task asks for, in `authorization_details`. */
const detail = v.pipe(
  v.strictObject({
    type: v.literal("secret"),
    actions: v.pipe(v.array(v.literal("read")), v.minLength(1)),
    identifiers: v.pipe(names(10), v.description("Names of secrets in AWS Secrets Manager; no ARNs and no wildcards.")),
  }),
  v.description(
    "Secrets that the deployment hands out: their values, or the right of the task's session to read them.",
  ),
);

/** What the answer holds of it. */
const credential = v.strictObject({
  type: v.literal("secret"),
  ...common,
  secrets: v.array(
    v.strictObject({
      name: v.string(),
      arn: v.exactOptional(v.pipe(v.string(), v.description("The task's own AWS session reads it."))),
      version: v.exactOptional(v.string()),
      value: v.exactOptional(v.string()),
      value_base64: v.exactOptional(v.string()),
    }),
  ),
});

/** What is written of the connector in `valetkey.json`, in requests and in answers. */
export const SECRET_SCHEMAS = { section, detail, credential };
