import * as v from "valibot";
import { givenTaskId, instant, leaseName } from "./fields.ts";
import { type AnswerOf, type Noun, operation, type ReadBodyOf } from "./operation.ts";
import { BY_HOLDERS, WITH_BODY } from "./refused-by.ts";

/** Schema of a service whose requests a session that stays in the hub may sign. */
export const signedEndpoint = v.strictObject({
  service: v.pipe(v.string(), v.description("Prefix of the service's actions: `s3`.")),
  variable: v.pipe(
    v.string(),
    v.description("Variable by which AWS SDKs take another address for the service: `AWS_ENDPOINT_URL_S3`."),
  ),
  host: v.pipe(
    v.string(),
    v.description("Host of the service's requests, with `{region}` in place of a Region where it has one."),
  ),
});

const header = v.strictTuple([v.string(), v.string()]);

/** Schema of a request to AWS that is to be signed. Each part is as the client sends it. */
const signBody = v.strictObject({
  lease: v.pipe(leaseName, v.description("The lease by whose session to sign: `credentials[].name`.")),
  method: v.string(),
  host: v.pipe(v.string(), v.description("Name of the host, without a port.")),
  path: v.pipe(v.string(), v.description("The path with its percent-encoding, and without the query.")),
  query: v.pipe(
    v.string(),
    v.description("The query with its percent-encoding, without `?`; empty where there is none."),
  ),
  headers: v.pipe(
    v.array(header),
    v.description("Names and values of the request's headers. Their order does not matter, and no name occurs twice."),
  ),
  payload_hash: v.pipe(
    v.string(),
    v.description(
      "SHA-256 of the body, in hex; `UNSIGNED-PAYLOAD` or `STREAMING-UNSIGNED-PAYLOAD-TRAILER` where the client does not hash it.",
    ),
  ),
});

/** Schema of a signature: headers that the client adds to the request. */
const signedAnswer = v.strictObject({
  headers: v.pipe(
    v.array(header),
    v.description("Headers to add: date, session token, hash of the body, authorization."),
  ),
  operation: v.exactOptional(
    v.pipe(
      v.string(),
      v.description("The API operation, where method, path and target alone determine it; absent where they do not."),
    ),
  ),
  expires_at: v.pipe(instant, v.description("The fence of the session: the signature works no longer.")),
});

/** `POST /v1/tasks/{task}/sign` */
export const signRequest = operation({
  id: "signRequest",
  tag: "Exchange",
  method: "POST",
  path: "/v1/tasks/{task}/sign",
  caller: "task",
  function: "sign",
  summary: "Sign one request to AWS by a session that stays in the hub (SigV4)",
  description: [
    "For a task whose sessions stay in the hub (`deliver=sign`, or a permit with `@deliver`). The answer has the headers that the client adds before it sends the request to AWS. The hub sees no body and sends nothing to AWS.",
    "",
    "No request is signed after the task's end, for a host of a service that the lease is not for, or with a header or query of its own that signs. `renew_needed` asks for the lease's renewal first (`GET /v1/tasks/{task}/credentials/{lease}`).",
  ].join("\n"),
  parameters: { task: givenTaskId },
  body: { schema: signBody },
  answer: { status: 200, says: "The headers to add.", schema: signedAnswer },
  examples: { signed: "A request that reads an object, signed" },
  refuses: [
    ...BY_HOLDERS,
    ...WITH_BODY,
    "task_ended",
    "too_many_requests",
    "consent_ended",
    "agent_inactive",
    "agent_paused",
    "halted",
    "account_halted",
    "lease_unknown",
    "renew_needed",
    "request_unsignable",
    "host_not_granted",
    "call_refused",
    "budget_spent",
  ],
});

export interface SignBody extends ReadBodyOf<typeof signRequest> {}
export interface SignedAnswer extends AnswerOf<typeof signRequest> {}

/** Operations of signing, and their schemas by their names in the document. */
export const SIGNING = {
  operations: [signRequest],
  requests: { SignRequest: signBody },
  answers: { SignedRequest: signedAnswer },
} as const satisfies Noun;
