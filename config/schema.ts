import * as v from "valibot";
import { httpsUrl, maybe, said, secretName, shortName, text, whole } from "../functions/connectors/schema-fields.ts";
import { CONNECTOR_SECTIONS } from "../functions/connectors/schemas.ts";
import { ALGORITHMS } from "../functions/core/identity/issuer.ts";
import { PRESETS } from "../functions/core/identity/presets.ts";
import { MOST_ACCOUNTS, MOST_TASK_ROLES } from "../functions/names.ts";

const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "an account id of 12 digits"));
const region = v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a Region such as eu-central-1"));

const replay = v.variant("mode", [
  v.strictObject({ mode: said(v.literal("single_use"), "Each token is good once.") }),
  v.strictObject({
    mode: said(v.literal("window"), "A token is good until it expires, for issuers that hand out one token twice."),
    cap: said(whole(1, 100_000), "How often one token is good, at most."),
  }),
]);

const approvalsClient = v.strictObject({
  clientId: said(
    text,
    "The client registered at this issuer for approvals alone: one https redirect address, the console's; no loopback, no device grant, no implicit response, no refresh token.",
  ),
  freshness: said(
    v.picklist(["auth_time", "acr"]),
    "Proof that the person signed in for this vote. auth_time: the issuer puts the time of the sign-in into the token. acr: the issuer proves the groups' acr anew at each request; each group that votes there needs an acr.",
  ),
  tokenExchange: maybe(
    v.picklist(["browser", "hub"]),
    "browser (the default): the page redeems the code itself. hub: the function approve redeems it with the client's secret, for issuers that want one or answer no browser.",
  ),
  secret: maybe(secretName, "With tokenExchange hub: the secret that holds the client's secret, by name."),
});

const issuer = v.strictObject({
  name: said(
    v.pipe(v.string(), v.regex(/^[a-z0-9-]{2,32}$/, "2 to 32 of a-z, 0-9 and -")),
    "Its short name: bindings of agents and the journal use it.",
  ),
  kind: said(
    v.picklist(["agents", "people"]),
    "Whose tokens these are: agents start tasks, people operate. A people's issuer never binds to an agent.",
  ),
  preset: said(
    v.picklist(Object.keys(PRESETS) as (keyof typeof PRESETS)[]),
    "What kind of issuer it is; it sets what is not set here: algorithms, pin, longest lifetime, replay.",
  ),
  url: maybe(
    httpsUrl,
    "The token's `iss`, letter by letter, a trailing slash included. Needed unless the preset has one.",
  ),
  jwksUrl: maybe(httpsUrl, "Where its keys are; without it they are found by OIDC discovery at `url`."),
  algorithms: maybe(
    v.pipe(v.array(v.picklist(ALGORITHMS)), v.minLength(1)),
    "Signature algorithms that are accepted; asymmetric ones only.",
  ),
  pin: maybe(
    text,
    "The claim by which agents are found: one that is never changed or reused. A name, or an RFC 6901 pointer such as /kubernetes.io/namespace.",
  ),
  maxLifetimeSeconds: maybe(whole(1, 604_800), "How long its tokens may live at most (`exp` less `iat`)."),
  skewSeconds: maybe(whole(0, 120), "How far its clock may be off."),
  replay: maybe(replay, "Whether one token may be used twice."),
  required: maybe(v.record(text, text), "Claims that each of its tokens must have, with exactly these values."),
  person: maybe(
    text,
    "People's issuers only: the claim that tells people apart, the same in every kind of token: sub unless given, oid at Microsoft Entra ID.",
  ),
  approvals: maybe(approvalsClient, "People's issuers only: lets people of this issuer approve."),
  groupsClaim: maybe(
    text,
    "People's issuers only: the claim that lists a person's groups, all of them and 200 at most. Policies name them with the issuer: Group::\"staff|valetkey-operators\".",
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
  timeoutSeconds: maybe(whole(60, 86_400), "Seconds that a request waits for this group; 900 unless given."),
  useWithinSeconds: maybe(
    whole(60, 3_600),
    "Seconds after the last vote within which the approval must be used; 300 unless given.",
  ),
  notify: maybe(v.array(shortName), "Channels, by their names in notify, that are told of a request."),
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

const account = v.strictObject({
  id: said(accountId, "A target account: tasks get their sessions there."),
  region: said(region, "The Region its stack is deployed to, and the one that credentials name."),
  taskRoles: said(
    whole(1, MOST_TASK_ROLES),
    "Over how many task roles new tasks are spread: some 400 tasks can be alive on each. Where you lower it, say in formerTaskRoles what it was.",
  ),
  formerTaskRoles: maybe(
    whole(2, MOST_TASK_ROLES),
    "What taskRoles was before it was lowered. Tasks from before keep their roles, and what ends there is revoked. Take it out once no such task can live: 12 hours and a half later.",
  ),
  retired: maybe(
    v.literal(true),
    "Nothing is issued there any more, and what may still live there is revoked. Take the account out half an hour after that was deployed.",
  ),
  ceiling: maybe(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[a-z0-9-]+:[A-Za-z0-9*]+$/, "an action such as s3:GetObject or s3:Get*"))),
      v.minLength(1),
    ),
    "The most that any task can do there, whatever policy permits; without it, a list of actions that read and write data. Some actions are denied always.",
  ),
});

const operator = v.strictObject({
  issuer: said(v.string(), "The name of a people's issuer."),
  subject: said(
    v.pipe(text, v.maxLength(256)),
    "The person there: the value of the issuer's person claim, `sub` unless it names another.",
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
    "Whose events on the bus are looked at: accounts, or single roles. They may suspend and offboard agents and end tasks; see docs/events.md.",
  ),
});

const recertification = v.strictObject({
  everyDays: said(whole(1, 730), "An agent that its owner has not confirmed for so many days is suspended."),
  warnDays: said(
    v.pipe(v.array(whole(1, 365)), v.maxLength(5)),
    "How many days before that it is said in the journal: once each.",
  ),
});

const receipts = v.strictObject({
  sample: maybe(
    v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    "The share of tasks, ended by their holder or deadline, that a probe watches until AWS refuses: 0.01 unless given. Of those that somebody ends, one in each role is always watched.",
  ),
});

const oauthClient = v.strictObject({
  secret: said(
    text,
    "The secret that holds the client's secret, by name. It is tagged `valetkey:rotates` = `oauth-client-secret`.",
  ),
  clientId: said(text, "How the provider knows the client."),
  configurationUrl: said(httpsUrl, "Its `registration_client_uri` (RFC 7592)."),
  registrationToken: said(
    text,
    "The secret with its registration access token: its name, in the hub's Secrets Manager. The provider must not give another one with an update.",
  ),
});

const idOf = (kind: "subnet" | "sg") =>
  v.pipe(v.string(), v.regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `an id such as ${kind}-0a1b2c3d4e5f60718`));
const vpc = v.strictObject({
  subnets: said(
    v.pipe(v.array(idOf("subnet")), v.minLength(1), v.maxLength(16)),
    "Private subnets of the hub's account and Region, with a way to AWS and to the issuers.",
  ),
  securityGroups: said(
    v.pipe(v.array(idOf("sg")), v.minLength(1), v.maxLength(5)),
    "Security groups of the functions: the databases' own have to let them in.",
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
      "Where valetkey itself runs.",
    ),
    url: said(
      httpsUrl,
      "The public address of the API; it is the audience of agents' tokens, and its own issuer name.",
    ),
    issuers: said(v.pipe(v.array(issuer), v.minLength(1)), "Whose tokens are looked at. All others are strangers."),
    accounts: said(
      v.pipe(v.array(account), v.minLength(1), v.maxLength(MOST_ACCOUNTS)),
      `Where tasks may get credentials: ${MOST_ACCOUNTS} accounts at most; another hub takes more.`,
    ),
    operators: said(
      v.array(operator),
      "People who may operate before any policy says so: the first operators. See policies/operators.cedar.",
    ),
    approvers: maybe(
      v.record(shortName, approverGroup),
      "Groups of people that @approval may name. A person must be able to fill each slot; see docs/policies.md.",
    ),
    notify: maybe(v.record(shortName, channel), "Channels that are told of requests for approval."),
    ...CONNECTOR_SECTIONS,
    recertification: maybe(
      v.nullable(recertification),
      "How often an agent's owner has to confirm that it is still needed: every 90 days, with warnings 14 and 3 days before, unless said otherwise. null: never.",
    ),
    validate: maybe(
      v.picklist(["enforce", "observe"]),
      "What becomes of a session policy of which nothing could be proven within the bounds of a proof: it is refused (enforce, unless said otherwise), or used and logged (observe). One that was shown to allow too much is refused always.",
    ),
    receipts: maybe(receipts, "When AWS is seen to refuse an ended task's sessions. See docs/lifecycle.md."),
    oauthClients: maybe(
      v.array(oauthClient),
      "Clients at OAuth providers whose secrets are rotated. See docs/connectors/rotation.md.",
    ),
    vpc: maybe(
      vpc,
      "The network that the functions which speak to databases are in: exchange, revoke-leases and rotate. Without it they are in none.",
    ),
    bus: maybe(bus, "The hub's event bus. Without it nobody but valetkey itself can put events there."),
  }),
  "valetkey: whom this deployment trusts, and where it may hand out keys. Reviewed, and hashed into each decision.",
);
export type Config = v.InferOutput<typeof configSchema>;
