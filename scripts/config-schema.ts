import * as v from "valibot";
import { ALGORITHMS } from "../functions/core/identity/issuer.ts";
import { PRESETS } from "../functions/core/identity/presets.ts";

const httpsUrl = v.pipe(
  v.string(),
  v.regex(
    /^(https:\/\/[^\s/?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(\/[^\s?#]*)?$/,
    "an https URL without query or credentials (http for loopback only)",
  ),
);
const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "an account id of 12 digits"));
const region = v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a Region such as eu-central-1"));
const seconds = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const claims = v.record(v.pipe(v.string(), v.minLength(1)), v.pipe(v.string(), v.minLength(1)));

const issuer = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{2,32}$/, "2 to 32 of a-z, 0-9 and -")),
  kind: v.picklist(["agents", "people"]),
  preset: v.picklist(Object.keys(PRESETS) as (keyof typeof PRESETS)[]),
  url: v.optional(httpsUrl),
  jwksUrl: v.optional(httpsUrl),
  algorithms: v.optional(v.pipe(v.array(v.picklist(ALGORITHMS)), v.minLength(1))),
  pin: v.optional(v.pipe(v.string(), v.minLength(1))),
  maxLifetimeSeconds: v.optional(seconds(604_800)),
  skewSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(120))),
  replay: v.optional(
    v.variant("mode", [
      v.strictObject({ mode: v.literal("single_use") }),
      v.strictObject({
        mode: v.literal("window"),
        cap: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)),
      }),
    ]),
  ),
  required: v.optional(claims),
  groupsClaim: v.optional(v.pipe(v.string(), v.minLength(1))),
});

/** `valetkey.json`: the one reviewed file that says whom this deployment trusts and where it may hand out keys. */
export const configSchema = v.strictObject({
  $schema: v.optional(v.string()),
  hub: v.strictObject({ account: accountId, region }),
  url: httpsUrl,
  issuers: v.pipe(v.array(issuer), v.minLength(1)),
  accounts: v.pipe(
    v.array(
      v.strictObject({
        id: accountId,
        region,
        taskRoles: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
        ceiling: v.optional(
          v.pipe(
            v.array(
              v.pipe(v.string(), v.regex(/^[a-z0-9-]+:[A-Za-z0-9*]+$/, "an action such as s3:GetObject or s3:Get*")),
            ),
            v.minLength(1),
          ),
        ),
      }),
    ),
    v.minLength(1),
  ),
  operators: v.array(
    v.strictObject({ issuer: v.string(), subject: v.pipe(v.string(), v.minLength(1), v.maxLength(256)) }),
  ),
});
export type Config = v.InferOutput<typeof configSchema>;
