import type { ConnectorDefinition } from "../connector-definition.ts";
import type { OauthProvider } from "./oauth-providers.ts";

declare module "../../core/connectors/connector-type.ts" {
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
  },
  actions: { "oauth:Use": { resource: "Scope", groups: [] } },
} as const satisfies ConnectorDefinition<"oauth">;
