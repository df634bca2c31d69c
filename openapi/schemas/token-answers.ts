import * as v from "valibot";
import { actingEntries, actorAnswer } from "../../contract/acting.ts";
import { detailsGranted, toolDetail } from "../../contract/authorization-details.ts";
import { connectedCredential, credentialIssuedBefore, detailType } from "../../contract/connected.ts";
import {
  accountId,
  agentId,
  delegationToken,
  instant,
  leaseName,
  personName,
  presentationToken,
  servedDetails,
  taskId,
  taskToken,
} from "../../contract/fields.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { approvalAnswer, interval } from "../../contract/refusal-answers.ts";

// Schemas of answers are strict here, so that an undocumented field fails a test. The document leaves them open for
// further fields.

const lifeSeconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.description("Seconds."));

/** Schema of the metadata document (RFC 8414), with the required audiences of tokens. */
export const metadataAnswer = v.strictObject({
  issuer: v.pipe(v.string(), v.url()),
  valetkey_version: v.pipe(
    v.string(),
    v.description("Version of the hub. A client of another minor version (before 1.0.0) may not know its answers."),
  ),
  token_endpoint: v.pipe(v.string(), v.url()),
  introspection_endpoint: v.pipe(v.string(), v.url()),
  revocation_endpoint: v.pipe(v.string(), v.url()),
  authorization_endpoint: v.optional(
    v.pipe(
      v.string(),
      v.url(),
      v.description(
        "Present where there are tool servers, for clients that require it. Nothing answers at this address.",
      ),
    ),
  ),
  protected_resources: v.optional(
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
  consent_endpoint: v.optional(
    v.pipe(
      v.string(),
      v.url(),
      v.description(
        "Endpoint by which a person lets an agent act for them, by a recorded consent; absent where nobody can.",
      ),
    ),
  ),
  console_uri: v.optional(
    v.pipe(v.string(), v.url(), v.description("Origin of the console, on which people decide about requests.")),
  ),
  sign_in: v.pipe(
    v.array(
      v.strictObject({
        issuer: v.pipe(v.string(), v.url()),
        client_id: v.string(),
        scope: v.optional(v.string()),
        resource: v.optional(v.boolean()),
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

/** Schema of credentials as the AWS SDKs' container credentials provider reads them, in its spelling. */
export const credentialsAnswer = v.strictObject({
  AccessKeyId: v.pipe(
    v.string(),
    v.description("Access key id. CloudTrail records it with every call; the record joins it to its task."),
  ),
  SecretAccessKey: v.string(),
  Token: v.pipe(v.string(), v.description("The session token.")),
  Expiration: v.pipe(instant, v.description("The fence, from which the session allows nothing.")),
  AccountId: accountId,
});

/** Schema of a started task, also for a repeat under an idempotency key. */
export const startedTaskAnswer = v.strictObject({
  access_token: v.pipe(
    taskToken,
    v.description("The task token, a master key. Send it to valetkey only. valetkey stores only its hash."),
  ),
  issued_token_type: v.literal(TOKEN_TYPES.accessToken),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task's deadline.")),
  authorization_details: detailsGranted,
  outlives: v.exactOptional(
    v.pipe(
      v.array(v.strictObject({ action: v.string(), target: v.string() })),
      v.description("Grants whose effect outlives the task: no revocation reaches it."),
    ),
  ),
  task: v.strictObject({
    id: taskId,
    parent: v.exactOptional(taskId),
    status: v.literal("active"),
    expires_at: instant,
  }),
  ...actingEntries,
  credentials: v.pipe(
    v.array(
      v.union([
        v.strictObject({
          type: v.literal("aws"),
          name: leaseName,
          details: servedDetails,
          account: accountId,
          region: v.pipe(v.string(), v.description("The account's Region: for `AWS_REGION`.")),
          ...credentialsAnswer.entries,
        }),
        connectedCredential,
        credentialIssuedBefore,
      ]),
    ),
    v.description(
      "For AWS one for each account, or a few where one session is too small. For other types one for each detail, except `tool`.",
    ),
  ),
});

/** Schema of a task that waits for an approval. */
export const waitingTaskAnswer = v.strictObject({
  access_token: v.pipe(taskToken, v.description("The task token, with which the holder polls for people's decision.")),
  issued_token_type: v.literal(TOKEN_TYPES.accessToken),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task stops waiting.")),
  authorization_details: detailsGranted,
  outlives: v.exactOptional(v.array(v.strictObject({ action: v.string(), target: v.string() }))),
  task: v.strictObject({
    id: taskId,
    status: v.literal("pending_approval"),
    expires_at: instant,
    approval: approvalAnswer,
  }),
  credentials: v.pipe(v.tuple([]), v.description("None before people have approved.")),
  interval,
});

const toolScope = v.pipe(v.string(), v.description("The granted tools of the server, with spaces between them."));

/** Schema of the answer with a presentation token (RFC 8693). */
export const presentationAnswer = v.strictObject({
  access_token: v.pipe(presentationToken, v.description("For this one tool server's eyes.")),
  issued_token_type: v.literal(TOKEN_TYPES.presentation),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task's deadline.")),
  authorization_details: v.pipe(v.array(toolDetail), v.description("What was granted of this server.")),
});

/** Schema of the answer with a delegation token (RFC 8693), which gives no access by itself. */
export const delegationAnswer = v.strictObject({
  access_token: v.pipe(delegationToken, v.description("For the one sub-agent that it names.")),
  issued_token_type: v.literal(TOKEN_TYPES.delegation),
  token_type: v.literal("N_A"),
  expires_in: v.pipe(
    lifeSeconds,
    v.description("Seconds until the token expires, and any task that is opened with it ends."),
  ),
  authorization_details: detailsGranted,
});

/** Schema of the answer with a presentation token for an assertion (RFC 7523). */
export const federatedAnswer = v.strictObject({
  access_token: v.pipe(
    presentationToken,
    v.description("For this one tool server's eyes. `POST /v1/revoke` with it ends its task."),
  ),
  token_type: v.literal("Bearer"),
  expires_in: v.pipe(lifeSeconds, v.description("Seconds until the task's deadline.")),
  scope: toolScope,
  authorization_details: v.pipe(v.array(toolDetail), v.description("What was granted of this server.")),
});

export const tokenAnswer = v.union([
  startedTaskAnswer,
  waitingTaskAnswer,
  presentationAnswer,
  delegationAnswer,
  federatedAnswer,
]);

const epochSeconds = v.pipe(v.number(), v.integer(), v.description("Seconds since the epoch."));

/** Schema of an introspection's answer (RFC 7662). */
export const introspectionAnswer = v.variant("active", [
  v.pipe(
    v.strictObject({
      active: v.literal(true),
      iss: v.pipe(v.string(), v.url()),
      aud: v.pipe(agentId, v.description("The tool server that introspects the token.")),
      sub: v.pipe(
        v.union([agentId, personName]),
        v.description(
          "The task's agent; for a task below another, the agent at the root; for a task for a person, the person.",
        ),
      ),
      act: v.exactOptional(actorAnswer),
      client_id: v.pipe(agentId, v.description("The agent that acts.")),
      token_type: v.literal("Bearer"),
      iat: epochSeconds,
      exp: epochSeconds,
      task: taskId,
      purpose: v.pipe(v.string(), v.description("The agent's own words: display them as untrusted.")),
      scope: toolScope,
      authorization_details: v.pipe(v.array(toolDetail), v.description("Only what concerns this server.")),
    }),
    v.description("A live task's presentation token, made for this very server."),
  ),
  v.pipe(v.strictObject({ active: v.literal(false) }), v.description("Anything else.")),
]);
