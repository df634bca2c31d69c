import type { JsonObject } from "../../core/intent/place.ts";
import type { ConnectorDefinition } from "../connector-definition.ts";
import { textsIn } from "../texts-in.ts";
import type { OauthProvider } from "./oauth-providers.ts";

declare module "../../core/deployment/connector-type.ts" {
  interface ConnectorTypes {
    readonly oauth: "oauthProviders";
  }
  interface ConnectorSections {
    /** OAuth providers whose tokens tasks may get. */
    readonly oauthProviders?: readonly OauthProvider[];
  }
}

/** Access tokens of OAuth providers. */
export const OAUTH = {
  type: "oauth",
  keepsTokens: true,
  diesWhenRevoked: false,
  section: {
    name: "oauthProviders",
    nameOf: ({ name }) => name,
    secretsOf: ({ authentication, grant }) => [
      "clientSecret" in authentication ? authentication.clientSecret : authentication.privateKey,
      ...(grant.type === "token_exchange" ? [grant.subjectToken] : []),
    ],
    sample: (details) => details.map(sampleProvider),
  },
  actions: { "oauth:Use": { resource: "Scope", groups: [] } },
  reached: ({ provider }) => textsIn([provider]),
  entities: `
// An OAuth provider, by its name in valetkey.json: resource in OauthProvider::"crm" is every scope of it.
entity OauthProvider;

// A scope of a provider: oauth:Use. resource (RFC 8707) and audience (RFC 8693) name the token's target, where the request has them.
entity Scope in [OauthProvider] {
  provider: String,
  name: String,
  resource?: String,
  audience?: String,
};
`,
  threat: {
    credential: "access token of an OAuth provider",
    thief: "Calls the provider's API from anywhere with the granted scopes.",
    endsWithTask: true,
    longest: null,
    revoked: "RFC 7009 at the provider, when the task ends and at the deadline.",
    outlives:
      "Where the provider cannot be reached, or its answer was lost, the token lives for maxTokenSeconds of the provider in valetkey.json. A resource server that verifies tokens by itself (RFC 9068) takes it until it expires, whatever was revoked.",
    others:
      "Nobody but the task. The client's secret, in a secret that no task is leased, gets tokens with every scope of the client.",
    residual: ["A provider that answers without a scope is believed to have given what was asked for."],
  },
} as const satisfies ConnectorDefinition<"oauth">;

const sampleProvider = ({ provider, scopes, resource, audience }: JsonObject): OauthProvider => ({
  name: String(provider),
  issuer: "https://provider.example.com",
  endpoints: "oauth2",
  clientId: "",
  authentication: { method: "client_secret_basic", clientSecret: "" },
  grant: { type: "client_credentials" },
  scopes: textsIn(scopes),
  resources: textsIn([resource]),
  audiences: textsIn([audience]),
  maxTokenSeconds: 3_600,
});
