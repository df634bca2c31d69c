import * as v from "valibot";
import { common, names } from "../schema-fields.ts";

/** The connector needs no section of `valetkey.json`. */
const section = {};

/** Detail of a task's request, in `authorization_details`. */
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

/** Credential in the answer. */
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

/** Schemas of the connector: its section of `valetkey.json`, its detail and its credential. */
export const SECRET_SCHEMAS = { section, detail, credential };
