import * as v from "valibot";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import { ALGORITHMS } from "../../core/identity/issuer.ts";
import {
  common,
  httpsUrl,
  maybe,
  names,
  production,
  said,
  secretName,
  shortName,
  text,
  whole,
} from "../schema-fields.ts";

/** Schema of one scope (RFC 6749, section 3.3). */
const scope = v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, "one scope, without spaces or quotes"));

/** Schema of a target service's name. A request names one where several are listed. */
const target = v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/, "text without spaces or quotes"));

const authentication = v.variant("method", [
  v.strictObject({
    method: said(
      v.picklist(["client_secret_basic", "client_secret_post"]),
      "A client secret, in a header (which every provider must accept) or in the body.",
    ),
    clientSecret: said(
      secretName,
      "Name of the secret, in the hub's account, whose whole text is the client's secret. The secret is leased to nobody.",
    ),
  }),
  v.strictObject({
    method: said(v.literal("private_key_jwt"), "A signature (RFC 7523): the provider holds the public key alone."),
    privateKey: said(
      secretName,
      "Name of the secret, in the hub's account, that holds the client's private key: PKCS #8 in PEM. The secret is leased to nobody.",
    ),
    algorithm: said(v.picklist(ALGORITHMS), "Signature algorithm of the client."),
    keyId: v.exactOptional(said(text, "Id of the key at the provider (`kid`).")),
  }),
]);

const grant = v.variant("type", [
  v.strictObject({
    type: said(v.literal("client_credentials"), "valetkey requests tokens in its own name (RFC 6749, section 4.4)."),
  }),
  v.strictObject({
    type: said(v.literal("token_exchange"), "valetkey exchanges a token that can do more (RFC 8693)."),
    subjectToken: said(
      secretName,
      "Name of the secret, in the hub's account, whose whole text is that token. The secret is leased to nobody.",
    ),
    subjectTokenType: said(
      v.optional(v.picklist([TOKEN_TYPES.accessToken, TOKEN_TYPES.jwt, TOKEN_TYPES.idToken]), TOKEN_TYPES.accessToken),
      "Type of that token; an access token by default.",
    ),
  }),
]);

const oauthProvider = v.strictObject({
  name: said(shortName, "Short name, which details and policies use."),
  issuer: said(httpsUrl, "The provider's issuer identifier, letter by letter, a trailing slash included."),
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
    "Endpoints of the provider: found by OIDC discovery (oidc) or by RFC 8414 (oauth2), or written as two addresses. A provider that cannot revoke is not used.",
  ),
  clientId: said(text, "valetkey's client id at the provider. Nobody else may use the client."),
  authentication: said(authentication, "valetkey's authentication at the provider."),
  grant: said(grant, "Grant by which valetkey requests a token."),
  scopes: said(v.pipe(v.array(scope), v.minLength(1)), "Upper bound on the scopes that any task can request."),
  resources: said(v.optional(v.array(target), []), "Values of `resource` (RFC 8707) that a task can request."),
  audiences: said(v.optional(v.array(target), []), "Values of `audience` (RFC 8693) that a task can request."),
  maxTokenSeconds: said(
    whole(10, 86_400),
    "Longest lifetime of the provider's tokens; seconds. A token whose answer was lost counts as alive until then. Configure a short lifetime at the provider, and repeat it here.",
  ),
  production,
});

/** The connector's section of `valetkey.json`. */
const section = {
  oauthProviders: maybe(
    v.array(oauthProvider),
    "OAuth providers whose tokens tasks may get. See docs/connectors/oauth.md.",
  ),
} as const;

/** Detail of a task's request, in `authorization_details`. */
const detail = v.pipe(
  v.strictObject({
    type: v.literal("oauth"),
    provider: v.pipe(v.string(), v.description("An OAuth provider of the deployment, by its name in `valetkey.json`.")),
    scopes: v.pipe(names(20), v.description("Each is decided by itself.")),
    resource: v.exactOptional(v.pipe(v.string(), v.description("RFC 8707; a value that the deployment lists."))),
    audience: v.exactOptional(v.pipe(v.string(), v.description("RFC 8693; a value that the deployment lists."))),
  }),
  v.description("An access token of an OAuth provider with those scopes, revoked with the task."),
);

/** Credential in the answer. */
const credential = v.strictObject({
  type: v.literal("oauth"),
  ...common,
  access_token: v.string(),
  token_type: v.literal("Bearer"),
  scope: v.string(),
  resource: v.exactOptional(v.string()),
  audience: v.exactOptional(v.string()),
});

/** Schemas of the connector: its section of `valetkey.json`, its detail and its credential. */
export const OAUTH_SCHEMAS = { section, detail, credential };
