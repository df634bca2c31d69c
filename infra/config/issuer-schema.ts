import * as v from "valibot";
import { httpsUrl, maybe, said, secretName, text, whole } from "../../functions/connectors/schema-fields.ts";
import { ALGORITHMS } from "../../functions/core/identity/issuer.ts";
import { PRESETS } from "../../functions/core/identity/presets.ts";

const replay = v.variant("mode", [
  v.strictObject({ mode: said(v.literal("single_use"), "Each token may be used once.") }),
  v.strictObject({
    mode: said(
      v.literal("window"),
      "A token may be used until it expires: for issuers that hand out one token several times.",
    ),
    cap: said(whole(1, 100_000), "Most uses of one token."),
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
  acr: maybe(
    v.pipe(v.array(text), v.minLength(1)),
    "Classes of sign-in (acr) of which one is enough for an operator's act, a consent, an acceptance and the person's own vote. Needed for these where freshness is acr; without it, auth_time alone is enough.",
  ),
  tokenExchange: maybe(
    v.picklist(["browser", "hub"]),
    "browser (the default): the page redeems the code itself. hub: the functions approve and exchange redeem it with the client's secret, for issuers that want one or answer no browser; operators' acts (stepUp) take browser.",
  ),
  secret: maybe(secretName, "With tokenExchange hub: the secret that holds the client's secret, by name."),
});

const consoleClient = v.strictObject({
  clientId: said(
    text,
    "The client by which people sign in to the console: public, authorization code with PKCE, the console's /callback as its redirect address.",
  ),
  scope: maybe(text, "Scope to ask for; openid unless given."),
  parameters: maybe(
    v.record(text, text),
    'Further parameters of the sign-in, as the issuer needs them to issue a token for the audience <url>/operate, such as {"resource": "https://valetkey.example.com/operate"}.',
  ),
  tokenUrl: maybe(
    httpsUrl,
    "Address of the token endpoint, where it is at another origin than the issuer's url: the page may connect to it.",
  ),
});

const commandClient = v.strictObject({
  clientId: said(
    v.pipe(text, v.maxLength(256)),
    "The client by which people sign in with the command valetkey: public, http://127.0.0.1/callback with any port as its redirect address (RFC 8252), a refresh token where sign-ins are to last.",
  ),
  scope: maybe(text, "Scope to ask for; openid offline_access unless given."),
  resource: maybe(
    v.boolean(),
    "false: sign-ins send no resource (RFC 8707), because the client itself has the name <url>/operate. true unless given.",
  ),
});

/** Entry of the section `issuers` of `valetkey.json`. */
export const issuer = v.strictObject({
  name: said(
    v.pipe(v.string(), v.regex(/^[a-z0-9-]{2,32}$/, "2 to 32 of a-z, 0-9 and -")),
    "Short name of the issuer, as agents' bindings and the journal use it.",
  ),
  kind: said(
    v.picklist(["agents", "people"]),
    "Holders of the issuer's tokens: agents start tasks, people operate. A people's issuer never binds to an agent.",
  ),
  preset: said(
    v.picklist(Object.keys(PRESETS) as (keyof typeof PRESETS)[]),
    "Kind of issuer. The preset sets the fields that are not set here: algorithms, pin, longest lifetime, replay.",
  ),
  url: maybe(
    httpsUrl,
    "The token's `iss`, compared letter by letter, a trailing slash included. Required unless the preset has one.",
  ),
  jwksUrl: maybe(httpsUrl, "Address of the issuer's keys; by default OIDC discovery at `url` finds it."),
  algorithms: maybe(
    v.pipe(v.array(v.picklist(ALGORITHMS)), v.minLength(1)),
    "Accepted signature algorithms; asymmetric ones only.",
  ),
  pin: maybe(
    text,
    "Claim by which agents are found. Its values must never change or be reused. A name, or an RFC 6901 pointer such as /kubernetes.io/namespace.",
  ),
  maxLifetimeSeconds: maybe(whole(1, 604_800), "Longest lifetime of a token (`exp` less `iat`); seconds."),
  skewSeconds: maybe(whole(0, 120), "Tolerated difference of the issuer's clock; seconds."),
  replay: maybe(replay, "Rule for repeated uses of one token."),
  required: maybe(v.record(text, text), "Claims that every token must carry, with exactly these values."),
  person: maybe(
    text,
    "People's issuers only: the claim that tells people apart, the same in every kind of token: sub unless given, oid at Microsoft Entra ID.",
  ),
  onBehalf: maybe(
    v.boolean(),
    "People's issuers only: lets agents act for people of this issuer, by a person's token whose may_act names the agent.",
  ),
  approvals: maybe(approvalsClient, "People's issuers only: lets people of this issuer approve."),
  console: maybe(consoleClient, "People's issuers only: lets people of this issuer sign in to the console."),
  cli: maybe(
    commandClient,
    "People's issuers only: lets people of this issuer sign in with valetkey login, which finds the client in the hub's metadata.",
  ),
  groupsClaim: maybe(
    text,
    "People's issuers only: the claim that lists a person's groups, all of them and 200 at most. Policies name them with the issuer: Group::\"staff|valetkey-operators\".",
  ),
});
