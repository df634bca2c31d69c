import * as v from "valibot";
import { RULE_IDS, type RuleId } from "../../contract/names.ts";
import { maybe, whole } from "../../functions/connectors/schema-fields.ts";
import { DEFAULT_SUSPENSIONS, RULES } from "../../functions/core/deployment/escalation-rules.ts";

/** ARN of a secret or of an S3 object, without a wildcard. */
const tripwire = v.pipe(
  v.string(),
  v.maxLength(512),
  v.regex(
    /^arn:aws(-cn|-us-gov)?:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+|s3:::[a-z0-9.-]+\/[^*?]+)$/,
    "the ARN of a secret or of an S3 object, without wildcards",
  ),
);

/** Makes the schema of a rule's response. The error for any other response lists the permitted ones. */
const responseTo = <Id extends RuleId>(rule: Id) => maybe(v.picklist(RULES[rule].containments), RULES[rule].says);

/** Responses of every rule. */
const responses = Object.fromEntries(RULE_IDS.map((rule) => [rule, responseTo(rule)])) as {
  readonly [Id in RuleId]: ReturnType<typeof responseTo<Id>>;
};

/** Section `escalation` of `valetkey.json`. */
export const escalation = v.strictObject({
  ...responses,
  tripwires: maybe(
    v.pipe(v.array(tripwire), v.maxLength(100)),
    "Secrets and objects, by ARN, that no task has a reason to touch: a call on one, allowed or denied, is E6.",
  ),
  suspensionsPerHour: maybe(
    whole(1, 1_000),
    `Suspensions and cool-downs of agents within an hour by one rule because of one account; beyond it the task still ends, and the agent goes on. ${DEFAULT_SUSPENSIONS} unless given.`,
  ),
});
