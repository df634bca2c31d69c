import type { Deployment } from "../deployment/deployment.ts";

/** Names of the secrets by which this deployment itself shows who it is: to databases, OAuth providers, GitHub, and by which it manages clients. They are leased to nobody. */
export const ownSecrets = ({
  databases = [],
  oauthProviders = [],
  githubApps = [],
  oauthClients = [],
}: Pick<Deployment, "databases" | "oauthProviders" | "githubApps" | "oauthClients">): readonly string[] => [
  ...databases.map(({ adminSecret }) => adminSecret),
  ...oauthProviders.flatMap(({ authentication, grant }) => [
    "clientSecret" in authentication ? authentication.clientSecret : authentication.privateKey,
    ...(grant.type === "token_exchange" ? [grant.subjectToken] : []),
  ]),
  ...githubApps.map(({ privateKey }) => privateKey),
  ...oauthClients.map(({ registrationToken }) => registrationToken),
];
