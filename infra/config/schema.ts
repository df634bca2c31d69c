import * as v from "valibot";
import { setsCondition } from "../../contract/fields.ts";
import { RULE_IDS, type RuleId } from "../../contract/names.ts";
import {
  httpsUrl,
  maybe,
  production,
  said,
  secretName,
  shortName,
  text,
  whole,
} from "../../functions/connectors/schema-fields.ts";
import { CONNECTOR_SECTIONS } from "../../functions/connectors/schemas.ts";
import { GROUP_TIMES } from "../../functions/core/approvals/group-times.ts";
import {
  DEFAULT_SUSPENSIONS,
  maySetCondition,
  RULES,
  responsesOf,
} from "../../functions/core/deployment/escalation-rules.ts";
import { MOST_ACCOUNTS } from "../../functions/names.ts";
import { account, accountId, region } from "./account-schema.ts";
import { ARCHIVE_SECTIONS, instant } from "./archive-schema.ts";
import { conditions } from "./conditions.ts";
import { conflicts } from "./conflicts.ts";
import { hubPrefix } from "./hub-prefix.ts";
import { issuer } from "./issuer-schema.ts";
import { organization } from "./organization-schema.ts";
import { signals } from "./signals.ts";
import { toolServers } from "./tool-servers.ts";

/** Gate of the production accounts. */
const threatModels = v.union([
  v.picklist(["off", "require"]),
  v.strictObject({
    warnUntil: said(instant, "Moment until which a model that nobody has accepted is logged; from then on it refuses."),
  }),
]);

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
const responseTo = <Id extends RuleId>(rule: Id) =>
  maybe(
    maySetCondition(rule)
      ? v.union([v.picklist(RULES[rule].containments), setsCondition], `one of ${responsesOf(rule).join(", ")}`)
      : v.picklist(RULES[rule].containments),
    RULES[rule].says,
  );

/** Responses of every rule. */
const responses = Object.fromEntries(RULE_IDS.map((rule) => [rule, responseTo(rule)])) as {
  readonly [Id in RuleId]: ReturnType<typeof responseTo<Id>>;
};

/** Section `escalation` of `valetkey.json`. */
const escalation = v.strictObject({
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

const approverGroup = v.strictObject({
  issuer: said(v.string(), "The name of a people's issuer that has approvals. A group belongs to one issuer."),
  claim: maybe(text, "The claim that lists the groups of a person."),
  value: maybe(
    text,
    "The group's value in that claim: an immutable id where the issuer has one, since a name can be given to another group.",
  ),
  persons: maybe(
    v.pipe(v.array(v.pipe(text, v.maxLength(256))), v.minLength(1), v.maxLength(50)),
    "In place of claim and value, where the issuer has no groups: values of its person claim.",
  ),
  acr: maybe(
    v.pipe(v.array(text), v.minLength(1)),
    "Accepted values of the sign-in's acr, such as phr for a phishing-resistant one.",
  ),
  amr: maybe(v.pipe(v.array(text), v.minLength(1)), "Methods (RFC 8176) that the sign-in must have used, all of them."),
  timeoutSeconds: maybe(
    whole(60, 86_400),
    `Seconds that a request waits for this group; ${GROUP_TIMES.timeoutSeconds} unless given.`,
  ),
  useWithinSeconds: maybe(
    whole(60, 3_600),
    `Seconds after the last vote within which the approval must be used; ${GROUP_TIMES.useWithinSeconds} unless given.`,
  ),
  notify: maybe(v.array(shortName), "Channels, by their names in notify, that get a message about a request."),
});

const channel = v.variant("kind", [
  v.strictObject({
    kind: said(v.literal("slack"), "A Slack incoming webhook."),
    secret: said(secretName, "The secret that holds the webhook's URL, by name."),
  }),
  v.strictObject({
    kind: said(v.literal("webhook"), "A webhook that is signed by the Standard Webhooks convention."),
    url: said(httpsUrl, "Its address."),
    secret: said(secretName, "The secret that holds the signing key (whsec_…), by name."),
  }),
]);

const operator = v.strictObject({
  issuer: said(v.string(), "Name of a people's issuer."),
  subject: said(
    v.pipe(text, v.maxLength(256)),
    "The person: the value of the issuer's person claim, which is `sub` unless the issuer names another.",
  ),
});

const bus = v.strictObject({
  publishers: said(
    v.array(
      v.pipe(
        v.string(),
        v.regex(
          /^(\d{12}|arn:aws(-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/-]+)$/,
          "an account id of 12 digits, or the ARN of a role",
        ),
      ),
    ),
    "Accounts or single roles whose events on the bus are accepted. Their events may suspend and offboard agents and end tasks; see docs/events.md.",
  ),
});

const recertification = v.strictObject({
  everyDays: said(whole(1, 730), "Days after which an agent is suspended unless its owner has confirmed it."),
  warnDays: said(
    v.pipe(v.array(whole(1, 365)), v.maxLength(5)),
    "Days before the suspension on which the journal records a warning.",
  ),
});

const receipts = v.strictObject({
  sample: maybe(
    v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    "Share of the tasks ended by their holder or their deadline that a probe watches until AWS refuses them; 0.002 by default. Of the tasks that somebody else ends, one in each role is always watched.",
  ),
});

const oauthClient = v.strictObject({
  secret: said(
    secretName,
    "Name of the secret that holds the client's secret. The secret is tagged `valetkey:rotates` = `oauth-client-secret`.",
  ),
  clientId: said(text, "Client id at the provider."),
  configurationUrl: said(httpsUrl, "The client's `registration_client_uri` (RFC 7592)."),
  registrationToken: said(
    secretName,
    "Name of the secret, in the hub's Secrets Manager, that holds the client's registration access token. The provider must not replace that token with an update.",
  ),
});

const markedSecrets = v.strictObject({
  name: said(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9/_+=.@*-]{1,512}$/, "a secret's name, in which * is any text, such as prod/*"),
    ),
    "Name of the secrets, in which `*` is any text.",
  ),
  production,
});

const idOf = (kind: "subnet" | "sg") =>
  v.pipe(v.string(), v.regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `an id such as ${kind}-0a1b2c3d4e5f60718`));
const vpc = v.strictObject({
  subnets: said(
    v.pipe(v.array(idOf("subnet")), v.minLength(1), v.maxLength(16)),
    "Private subnets in the hub's account and Region, with routes to AWS and to the issuers.",
  ),
  securityGroups: said(
    v.pipe(v.array(idOf("sg")), v.minLength(1), v.maxLength(5)),
    "Security groups of the functions. The databases' security groups must admit them.",
  ),
});

/** Schema of `valetkey.json`, the one reviewed file that defines whom a deployment trusts and where it may issue credentials. */
export const configSchema = said(
  v.strictObject({
    $schema: maybe(v.string(), "For editors: ./valetkey.schema.json"),
    hub: said(
      v.strictObject({
        account: said(accountId, "The account of the hub."),
        region: said(region, "The Region of the hub."),
      }),
      "Account and Region in which valetkey itself runs.",
    ),
    prefix: maybe(
      hubPrefix,
      "Prefix of the names of all that this hub has in AWS, beside another hub in the same accounts: valetkey, or valetkey- and a word. A hub keeps its prefix for life. See docs/operating.md.",
    ),
    url: said(
      httpsUrl,
      "Public address of the API: the audience of agents' tokens, and the issuer in valetkey's own metadata.",
    ),
    issuers: said(
      v.pipe(v.array(issuer), v.minLength(1)),
      "Issuers whose tokens are accepted. Tokens of all others are refused.",
    ),
    accounts: said(
      v.pipe(v.array(account), v.minLength(1), v.maxLength(MOST_ACCOUNTS)),
      `Accounts in which tasks may get credentials: at most ${MOST_ACCOUNTS}; a second hub takes more.`,
    ),
    organization: maybe(
      organization,
      "The organisation of AWS to which the accounts belong: its units are a border that IAM holds, beside the list of accounts.",
    ),
    operators: said(
      v.array(operator),
      "First operators: people who may operate before any policy permits it. See policies/operators.cedar.",
    ),
    stepUp: maybe(
      v.boolean(),
      "Demands a vote of the operator for each dangerous act: registering an agent, changing what it may become, resuming it, offboarding it, lifting a panic. The operator signs in again on the console's page, for exactly this act. See docs/approvals.md.",
    ),
    console: maybe(
      v.strictObject({
        url: said(
          httpsUrl,
          "Its origin, without a path: the one that the hub's stack prints, or a domain that maps to it.",
        ),
      }),
      "The console, where people decide about requests. The API answers pages of this origin and of no other.",
    ),
    approvers: maybe(
      v.record(shortName, approverGroup),
      "Groups of people that @approval may name. A person must be able to fill each slot; see docs/policies.md.",
    ),
    conditions: maybe(
      conditions,
      "Conditions of the world, such as an incident, that operators set for a time and policies may read. See docs/autonomy.md.",
    ),
    conflicts: maybe(
      conflicts,
      "Labels of permits (`@label`) that are kept apart: while keys with one may live, none is issued with the other. See docs/autonomy.md.",
    ),
    notify: maybe(v.record(shortName, channel), "Channels that get messages about requests for approval."),
    ...CONNECTOR_SECTIONS,
    secrets: maybe(
      v.pipe(v.array(markedSecrets), v.minLength(1), v.maxLength(100)),
      "Secrets that tasks may be leased and that have a mark, by patterns of their names. See docs/threat-models.md.",
    ),
    recertification: maybe(
      v.nullable(recertification),
      "Interval in which owners must confirm that their agents are still needed. The default is 90 days, with warnings 14 and 3 days before. null: never.",
    ),
    validate: maybe(
      v.picklist(["enforce", "observe"]),
      "Handling of a session policy that could not be proven within the bounds of a proof: refuse it (enforce, the default), or use and log it (observe). A session policy that was shown to allow too much is always refused.",
    ),
    receipts: maybe(
      receipts,
      "Observation of the moment at which AWS refuses an ended task's sessions. See docs/lifecycle.md.",
    ),
    oauthClients: maybe(
      v.array(oauthClient),
      "Clients at OAuth providers whose secrets are rotated. See docs/connectors/rotation.md.",
    ),
    vpc: maybe(
      vpc,
      "Network of the functions that connect to databases: exchange, revoke-leases and rotate. Without it these functions run outside any VPC.",
    ),
    escalation: maybe(
      escalation,
      "Responses to escalations, by rule: alarm unless it says otherwise. See docs/escalation.md.",
    ),
    alarms: maybe(
      v.strictObject({
        emails: maybe(
          v.array(v.pipe(v.string(), v.email("an address such as oncall@acme.example"))),
          "Addresses that get each alarm. SNS sends each a message to confirm first.",
        ),
        topics: maybe(
          v.array(
            v.pipe(
              v.string(),
              v.regex(/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, "the ARN of an SNS topic in the hub's Region"),
            ),
          ),
          "SNS topics of your own that get each alarm, beside valetkey's own topic: of a pager, or of a chat. Their policies must let CloudWatch publish.",
        ),
      }),
      "Receivers of alarms. Without them, nobody is notified.",
    ),
    ...ARCHIVE_SECTIONS,
    siem: maybe(
      v.boolean(),
      "true: each event of the journal is put on the hub's bus as OCSF, for a SIEM; $1 a million events. false by default. See docs/siem.md.",
    ),
    signals: maybe(
      signals,
      "Transmitters that push Security Event Tokens (RFC 8417, RFC 8935) to <url>/v1/signals: a token about a person ends the tasks that were opened for the person before. See docs/people.md.",
    ),
    toolServers: maybe(
      toolServers,
      "Tool servers, such as MCP servers, for which an agent can get a token by its own token alone (RFC 7523). See docs/recipes/mcp.md.",
    ),
    threatModels: maybe(
      threatModels,
      'Gate of the production accounts: require (the default where an account has "production": true), {"warnUntil": …} before it, or off. See docs/threat-models.md.',
    ),
    bus: maybe(bus, "The hub's event bus. By default only valetkey itself can put events there."),
  }),
  "valetkey: the issuers that this deployment trusts, and the accounts in which it may issue credentials. Reviewed, and hashed into each decision.",
);
export type Config = v.InferOutput<typeof configSchema>;
