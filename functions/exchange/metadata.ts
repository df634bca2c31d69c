import type { Metadata } from "../../contract/metadata.ts";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import { defined } from "../core/defined.ts";
import { canSign } from "../core/deployment/can-step-up.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Issuer } from "../core/identity/issuer.ts";
import { typesOf } from "../core/intent/detail-reader.ts";
import type { Ports } from "../core/ports.ts";
import { answer } from "../http/answer.ts";
import type { HttpAnswer } from "../http/event.ts";
import { VERSION } from "../names.ts";

/** Answers with the authorization server's metadata (RFC 8414). */
export const metadata = ({ deployment, connectors }: Pick<Ports, "deployment" | "connectors">): HttpAnswer => ({
  ...answer(200, {
    issuer: deployment.url,
    valetkey_version: VERSION,
    token_endpoint: `${deployment.url}/v1/token`,
    introspection_endpoint: `${deployment.url}/v1/introspect`,
    revocation_endpoint: `${deployment.url}/v1/revoke`,
    grant_types_supported: [GRANT_TYPES.exchange, ...(deployment.toolServers ? [GRANT_TYPES.assertion] : [])],
    ...forToolServers(deployment),
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ["none"],
    revocation_endpoint_auth_methods_supported: ["none"],
    introspection_endpoint_auth_methods_supported: ["private_key_jwt"],
    // RFC 8414, section 2: required with private_key_jwt. A tool server's assertion is a token of an agents' issuer.
    introspection_endpoint_auth_signing_alg_values_supported: [
      ...new Set(deployment.issuers.filter(({ kind }) => kind === "agents").flatMap(({ algorithms }) => algorithms)),
    ],
    authorization_details_types_supported: ["aws", "tool", ...typesOf(connectors)],
    subject_token_types_supported: [
      TOKEN_TYPES.jwt,
      TOKEN_TYPES.idToken,
      TOKEN_TYPES.accessToken,
      TOKEN_TYPES.delegation,
    ],
    requested_token_types_supported: [
      TOKEN_TYPES.accessToken,
      TOKEN_TYPES.task,
      TOKEN_TYPES.presentation,
      TOKEN_TYPES.delegation,
    ],
    actor_token_types_supported: [TOKEN_TYPES.jwt, TOKEN_TYPES.idToken, TOKEN_TYPES.accessToken, TOKEN_TYPES.task],
    ...onBehalfOf(deployment),
    // Page on which people decide. The exchange names it, since the function that lists requests must not choose where people sign in.
    ...(deployment.console === undefined ? {} : { console_uri: deployment.console.url }),
    sign_in: deployment.issuers.flatMap(signInAt),
    // Required `aud` of a token, by the kind of route.
    audiences: deployment.audiences,
  } satisfies Metadata),
});

/**
 * Lists the fields for clients of tool servers. No grant here uses an authorization endpoint, so `response_types_supported` is empty (RFC 8414, section 2).
 * The MCP SDK accepts no metadata without the endpoint's address.
 */
const forToolServers = ({
  url,
  toolServers,
}: Deployment): Pick<Metadata, "authorization_endpoint" | "protected_resources"> =>
  toolServers === undefined
    ? {}
    : {
        authorization_endpoint: `${url}/v1/authorize`,
        protected_resources: toolServers.map(({ resource }) => resource),
      };

/** Names the client by which people of an issuer sign in with the command. Public, so that an operator needs no other source. */
const signInAt = ({ url, cli }: Issuer): Metadata["sign_in"] =>
  cli === undefined
    ? []
    : [
        {
          issuer: url,
          client_id: cli.clientId,
          ...defined({ scope: cli.scope, resource: cli.resource }),
        },
      ];

/** Lists the issuers for whose people agents may act. Adds the place where people consent if their tokens name no agent. */
function onBehalfOf({
  url,
  issuers,
  console,
}: Deployment): Pick<Metadata, "on_behalf_of_issuers_supported" | "consent_endpoint"> {
  const people = issuers.filter(({ onBehalf }) => onBehalf);
  const canConsent = console !== undefined && people.some(canSign);
  return {
    on_behalf_of_issuers_supported: people.map((issuer) => issuer.url),
    ...(canConsent ? { consent_endpoint: `${url}/v1/consents` } : {}),
  };
}
