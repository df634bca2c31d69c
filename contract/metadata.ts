import * as v from "valibot";
import { detailType } from "./connected.ts";
import { type AnswerOf, type Noun, operation } from "./operation.ts";

/** Schema of the metadata document (RFC 8414), with the required audiences of tokens. */
const metadataAnswer = v.strictObject({
  issuer: v.pipe(v.string(), v.url()),
  valetkey_version: v.pipe(
    v.string(),
    v.description("Version of the hub. A client of another minor version (before 1.0.0) may not know its answers."),
  ),
  token_endpoint: v.pipe(v.string(), v.url()),
  introspection_endpoint: v.pipe(v.string(), v.url()),
  revocation_endpoint: v.pipe(v.string(), v.url()),
  authorization_endpoint: v.exactOptional(
    v.pipe(
      v.string(),
      v.url(),
      v.description(
        "Present where there are tool servers, for clients that require it. Nothing answers at this address.",
      ),
    ),
  ),
  protected_resources: v.exactOptional(
    v.pipe(
      v.array(v.pipe(v.string(), v.url())),
      v.description("Tool servers for which an assertion (RFC 7523) gets a token (RFC 9728, section 4)."),
    ),
  ),
  grant_types_supported: v.array(v.string()),
  response_types_supported: v.pipe(v.array(v.string()), v.description("Empty: there is no authorization endpoint.")),
  token_endpoint_auth_methods_supported: v.array(v.string()),
  revocation_endpoint_auth_methods_supported: v.array(v.string()),
  introspection_endpoint_auth_methods_supported: v.array(v.string()),
  introspection_endpoint_auth_signing_alg_values_supported: v.array(v.string()),
  authorization_details_types_supported: v.array(detailType),
  subject_token_types_supported: v.array(v.string()),
  requested_token_types_supported: v.array(v.string()),
  actor_token_types_supported: v.array(v.string()),
  on_behalf_of_issuers_supported: v.pipe(
    v.array(v.pipe(v.string(), v.url())),
    v.description(
      "Issuers for whose people agents may act: `iss` of a person's token. Empty where agents act for nobody.",
    ),
  ),
  consent_endpoint: v.exactOptional(
    v.pipe(
      v.string(),
      v.url(),
      v.description(
        "Endpoint by which a person lets an agent act for them, by a recorded consent; absent where nobody can.",
      ),
    ),
  ),
  console_uri: v.exactOptional(
    v.pipe(v.string(), v.url(), v.description("Origin of the console, on which people decide about requests.")),
  ),
  sign_in: v.pipe(
    v.array(
      v.strictObject({
        issuer: v.pipe(v.string(), v.url()),
        client_id: v.string(),
        scope: v.exactOptional(v.string()),
        resource: v.exactOptional(v.boolean()),
      }),
    ),
    v.description(
      "Issuers at which people sign in with the command, and the client. resource: false where the issuer gets no `resource` (RFC 8707).",
    ),
  ),
  audiences: v.pipe(
    v.strictObject({ exchange: v.string(), introspect: v.string(), operate: v.string() }),
    v.description("Required `aud` of an OIDC token, its only value, by the kind of route."),
  ),
});

/** `GET /.well-known/oauth-authorization-server` */
export const readMetadata = operation({
  id: "readMetadata",
  tag: "Exchange",
  method: "GET",
  path: "/.well-known/oauth-authorization-server",
  caller: "anybody",
  function: "exchange",
  summary: "Metadata (RFC 8414)",
  description:
    "Addresses of the OAuth endpoints, the token types that are exchanged, and the required audience of a token.",
  answer: { status: 200, says: "The metadata.", schema: metadataAnswer },
  examples: { metadata: "The metadata" },
  refuses: [],
});

export interface Metadata extends AnswerOf<typeof readMetadata> {}

/** Operations of the metadata, and their schemas by their names in the document. */
export const METADATA = {
  operations: [readMetadata],
  requests: {},
  answers: { Metadata: metadataAnswer },
} as const satisfies Noun;
