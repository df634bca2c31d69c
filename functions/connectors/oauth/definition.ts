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
  entities: `
// An OAuth provider, by its name in valetkey.json: resource in OauthProvider::"crm" is every scope that may be asked there.
entity OauthProvider;

// A scope of a provider: oauth:Use. resource (RFC 8707) and audience (RFC 8693) say for whom the token is, where they are asked for.
entity Scope in [OauthProvider] {
  provider: String,
  name: String,
  resource?: String,
  audience?: String,
};
`,
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
