import * as v from "valibot";
import { SECRET_NAME } from "../../contract/names.ts";

// Schema fields that several connectors share, or a connector shares with the rest of `valetkey.json` or of the API.
// Only the build reads them.

export const httpsUrl = v.pipe(
  v.string(),
  v.regex(
    /^(https:\/\/[^\s/?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(\/[^\s?#]*)?$/,
    "an https URL without query or credentials (http for loopback only)",
  ),
);
export const text = v.pipe(v.string(), v.minLength(1));
export const whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
export const shortName = v.pipe(v.string(), v.regex(/^[a-z0-9-]{2,32}$/, "2 to 32 of a-z, 0-9 and -"));
export const secretName = v.pipe(v.string(), v.regex(SECRET_NAME, "the name of a secret, not its ARN"));

/** Adds a description to a schema, which an editor shows at the field. */
export const said = <const S extends v.GenericSchema>(schema: S, words: string) => v.pipe(schema, v.description(words));
/** Makes a described field optional. */
export const maybe = <const S extends v.GenericSchema>(schema: S, words: string) => v.optional(said(schema, words));

/** Mark of a connector's entry: `"production": true`. */
export const production = maybe(
  v.literal(true),
  "Production: an agent gets nothing of it until a person other than its owner has accepted its threat model. See threatModels, and docs/threat-models.md.",
);

/** Makes the schema of a detail's list of 1 to `most` names. */
export const names = (most: number) =>
  v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1), v.maxLength(most));

/** Fields that every connector's credential has beside its type. */
export const common = {
  name: v.pipe(v.string(), v.regex(/^[a-z]+-\d+$/), v.description("Unique in the task.")),
  expires_at: v.pipe(v.string(), v.description("Latest end of the credential.")),
} as const;
