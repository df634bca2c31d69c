import * as v from "valibot";
import { type PermissionLevel, REPOSITORY_PERMISSIONS } from "../functions/connectors/github/github-apps.ts";
import { ALGORITHMS } from "../functions/core/identity/issuer.ts";
import { PRESETS } from "../functions/core/identity/presets.ts";
import { MOST_TASK_ROLES, TOKEN_TYPES } from "../functions/names.ts";

const httpsUrl = v.pipe(
  v.string(),
  v.regex(
    /^(https:\/\/[^\s/?#@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(\/[^\s?#]*)?$/,
    "an https URL without query or credentials (http for loopback only)",
  ),
);
const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "an account id of 12 digits"));
const region = v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a Region such as eu-central-1"));
const text = v.pipe(v.string(), v.minLength(1));
const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** The schema, with what an editor shows of the field. */
const said = <const S extends v.GenericSchema>(schema: S, words: string) => v.pipe(schema, v.description(words));
const maybe = <const S extends v.GenericSchema>(schema: S, words: string) => v.optional(said(schema, words));

const replay = v.variant("mode", [
  v.strictObject({ mode: said(v.literal("single_use"), "Each token is good once.") }),
  v.strictObject({
    mode: said(v.literal("window"), "A token is good until it expires, for issuers that hand out one token twice."),
    cap: said(whole(1, 100_000), "How often one token is good, at most."),
  }),
]);

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
  groupsClaim: maybe(
    text,
    "People's issuers only: the claim that lists a person's groups, all of them and 200 at most. Policies name them with the issuer: Group::\"staff|valetkey-operators\".",
  ),
});

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

const shortName = v.pipe(v.string(), v.regex(/^[a-z0-9-]{2,32}$/, "2 to 32 of a-z, 0-9 and -"));
const secretName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/, "the name of a secret, not its ARN"));

const database = v.strictObject({
  name: said(shortName, "Its short name: details and policies use it."),
  host: said(
    v.pipe(text, v.maxLength(255)),
    "Where its server is. The login is made over TLS, and the certificate must be for this name (a loopback host aside).",
  ),
  port: said(whole(1, 65_535), "The server's port: 5432 as a rule. The database itself, and no pooler before it."),
  database: said(v.pipe(text, v.maxLength(63)), "The database's name on that server."),
  adminSecret: said(
    secretName,
    'The secret in the hub\'s account with the administrator\'s login, {"username": ..., "password": ...}. It is leased to nobody.',
  ),
});

/** RFC 6749, section 3.3. */
const scope = v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, "one scope, without spaces or quotes"));
/** Where more than one is listed, a request names one. */
const target = v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/, "text without spaces or quotes"));

const authentication = v.variant("method", [
  v.strictObject({
    method: said(
      v.picklist(["client_secret_basic", "client_secret_post"]),
      "A secret, in a header (which every provider must take) or in the body.",
    ),
    clientSecret: said(
      secretName,
      "The secret in the hub's account with the client's secret: its text alone. It is leased to nobody.",
    ),
  }),
  v.strictObject({
    method: said(v.literal("private_key_jwt"), "A signature (RFC 7523): the provider holds the public key alone."),
    privateKey: said(
      secretName,
      "The secret in the hub's account with the client's private key: PKCS #8 in PEM. It is leased to nobody.",
    ),
    algorithm: said(v.picklist(ALGORITHMS), "What it signs with."),
    keyId: v.exactOptional(said(text, "Which key the provider knows it by (`kid`).")),
  }),
]);

const grant = v.variant("type", [
  v.strictObject({ type: said(v.literal("client_credentials"), "In valetkey's own name (RFC 6749, section 4.4).") }),
  v.strictObject({
    type: said(v.literal("token_exchange"), "For a token that can do more (RFC 8693)."),
    subjectToken: said(
      secretName,
      "The secret in the hub's account with that token: its text alone. It is leased to nobody.",
    ),
    subjectTokenType: said(
      v.optional(v.picklist([TOKEN_TYPES.accessToken, TOKEN_TYPES.jwt, TOKEN_TYPES.idToken]), TOKEN_TYPES.accessToken),
      "What kind of token that is; an access token as a rule.",
    ),
  }),
]);

const oauthProvider = v.strictObject({
  name: said(shortName, "Its short name: details and policies use it."),
  issuer: said(httpsUrl, "Its issuer identifier, letter by letter, a trailing slash included."),
  endpoints: said(
    v.optional(
      v.union([
        v.picklist(["oidc", "oauth2"]),
        v.strictObject({
          token: said(httpsUrl, "The token endpoint."),
          revocation: said(httpsUrl, "The revocation endpoint (RFC 7009)."),
        }),
      ]),
      "oidc",
    ),
    "Where it is asked: found by OIDC discovery, or by RFC 8414 (oauth2), or the two addresses. One that cannot revoke is not used.",
  ),
  clientId: said(text, "How it knows valetkey. A client that nobody else uses."),
  authentication: said(authentication, "How valetkey shows it who it is."),
  grant: said(grant, "How it is asked for a token."),
  scopes: said(v.pipe(v.array(scope), v.minLength(1)), "The most that any task can ask it for."),
  resources: said(v.optional(v.array(target), []), "Values of `resource` (RFC 8707) that a task can ask for."),
  audiences: said(v.optional(v.array(target), []), "Values of `audience` (RFC 8693) that a task can ask for."),
  maxTokenSeconds: said(
    whole(10, 86_400),
    "How long its tokens live at most: a token whose answer was lost is not known to be dead before. Make them short there, and say so here.",
  ),
});

const PERMISSIONS = Object.fromEntries(
  Object.entries(REPOSITORY_PERMISSIONS).map(([name, levels]) => [
    name,
    v.exactOptional(
      said(
        v.picklist(levels as [PermissionLevel, ...PermissionLevel[]]),
        `The most of GitHub's permission ${name} on a repository.`,
      ),
    ),
  ]),
);

const githubApp = v.strictObject({
  owner: said(
    v.pipe(v.string(), v.regex(/^[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?$/, "a name at GitHub, in lower case")),
    "Whose repositories the App is installed on, in lower case. One entry for each owner.",
  ),
  appId: said(whole(1, Number.MAX_SAFE_INTEGER), "The App's id."),
  installationId: said(whole(1, Number.MAX_SAFE_INTEGER), "The id of its installation at that owner."),
  privateKey: said(
    secretName,
    "The secret in the hub's account with the App's private key, as GitHub gave it. It is leased to nobody.",
  ),
  apiUrl: said(
    v.optional(httpsUrl, "https://api.github.com"),
    "Where GitHub's REST API is; of a GitHub Enterprise Server, https://HOST/api/v3.",
  ),
  permissions: said(
    v.strictObject(PERMISSIONS),
    "The most that any task can ask for, of what the owner granted the App.",
  ),
});

const operator = v.strictObject({
  issuer: said(v.string(), "The name of a people's issuer."),
  subject: said(v.pipe(text, v.maxLength(256)), "The person's `sub` there."),
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

/** `valetkey.json`: the one reviewed file that says whom this deployment trusts and where it may hand out keys. */
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
    accounts: said(v.pipe(v.array(account), v.minLength(1)), "Where tasks may get credentials."),
    operators: said(
      v.array(operator),
      "People who may operate before any policy says so: the first operators. See policies/operators.cedar.",
    ),
    databases: maybe(
      v.array(database),
      "PostgreSQL databases that tasks may get logins to. See docs/connectors/postgres.md.",
    ),
    recertification: maybe(
      v.nullable(recertification),
      "How often an agent's owner has to confirm that it is still needed: every 90 days, with warnings 14 and 3 days before, unless said otherwise. null: never.",
    ),
    receipts: maybe(receipts, "When AWS is seen to refuse an ended task's sessions. See docs/lifecycle.md."),
    oauthProviders: maybe(
      v.array(oauthProvider),
      "OAuth providers whose tokens tasks may get. See docs/connectors/oauth.md.",
    ),
    githubApps: maybe(
      v.array(githubApp),
      "GitHub Apps whose installation tokens tasks may get. See docs/connectors/github.md.",
    ),
    oauthClients: maybe(
      v.array(oauthClient),
      "Clients at OAuth providers whose secrets are rotated. See docs/connectors/rotation.md.",
    ),
    vpc: maybe(
      vpc,
      "The network that the functions which speak to databases are in: exchange, release and rotate. Without it they are in none.",
    ),
    bus: maybe(bus, "The hub's event bus. Without it nobody but valetkey itself can put events there."),
  }),
  "valetkey: whom this deployment trusts, and where it may hand out keys. Reviewed, and hashed into each decision.",
);
export type Config = v.InferOutput<typeof configSchema>;
