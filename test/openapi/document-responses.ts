import { REFUSALS, type RefusalCode } from "../../contract/refusals.ts";
import type { Route } from "../../functions/routes.ts";
import { schemaRef } from "./component-schemas.ts";
import type { Operation } from "./operation.ts";
import type { Recorded, RecordedOperation } from "./recording/record.ts";

export const HEADERS = {
  CacheControl: {
    description: "Answers must not be stored (RFC 6749, section 5.1).",
    schema: { const: "no-store" },
  },
  ETag: {
    description: "Mark of the answer (RFC 9110, section 8.8.3), for `If-None-Match` of the next look.",
    schema: { type: "string" },
  },
  WwwAuthenticate: {
    description:
      "Challenge of RFC 6750, section 3; without an error where no token was sent. For an act that takes a vote, that of RFC 9470.",
    schema: {
      type: "string",
      examples: [
        'Bearer realm="valetkey", error="invalid_token"',
        'Bearer realm="valetkey"',
        'Bearer realm="valetkey", error="insufficient_user_authentication", max_age="0"',
      ],
    },
  },
  RetryAfter: {
    description: "Seconds to wait before a retry, where they are known.",
    schema: { type: "integer", minimum: 1 },
  },
} as const;

const headerRef = (name: keyof typeof HEADERS) => ({ $ref: `#/components/headers/${name}` });

/** Response 500, for valetkey's own faults. The answer contains nothing about the request. */
export const FAILURE = {
  description: "valetkey failed; nothing was issued. The answer has no `code`.",
  headers: { "Cache-Control": headerRef("CacheControl") },
  content: { "application/json": { schema: schemaRef("Failure") } },
} as const;

/** Response 304 to a request whose `If-None-Match` has the mark of the current answer. */
export const UNCHANGED = {
  description: "The answer is the one whose mark `If-None-Match` holds. It has no body.",
  headers: { "Cache-Control": headerRef("CacheControl"), ETag: headerRef("ETag") },
} as const;

/** True for a route whose answers have a mark, so that repeated requests without news cost little. */
export const isMarked = ({ method, caller }: Pick<Route, "method" | "caller">): boolean =>
  method === "GET" && caller === "operator";

type Response = Readonly<Record<string, unknown>>;

/** Builds all responses of an operation, by status. */
export function responsesOf(
  route: Route,
  operation: Operation,
  recorded: RecordedOperation,
): Readonly<Record<string, Response>> {
  const byStatus = Map.groupBy(recorded.refused, ([, { status }]) => status);
  const refusals = [...byStatus].map(([status, same]) => [
    String(status),
    refusalResponse(
      operation,
      status,
      same.map(([code]) => code),
      recorded,
    ),
  ]);
  return {
    [operation.answer.status]: successResponse(route, operation, recorded),
    ...(isMarked(route) && { 304: { $ref: "#/components/responses/Unchanged" } }),
    ...(operation.unfinished && { 202: unfinishedResponse(operation, operation.unfinished) }),
    ...Object.fromEntries(refusals),
    500: { $ref: "#/components/responses/Failure" },
  };
}

const unfinishedResponse = ({ answer }: Operation, description: string): Response => ({
  description,
  headers: { "Cache-Control": headerRef("CacheControl") },
  ...(answer.schema && { content: { "application/json": { schema: schemaRef(answer.schema) } } }),
});

function successResponse(route: Route, { answer, accepted }: Operation, recorded: RecordedOperation): Response {
  const examples = Object.entries(recorded.accepted).map(([name, { body }]) => [
    name,
    { summary: accepted[name]?.says, value: body },
  ]);
  return {
    description: answer.says,
    headers: { "Cache-Control": headerRef("CacheControl"), ...(isMarked(route) && { ETag: headerRef("ETag") }) },
    ...(answer.schema && {
      content: { "application/json": { schema: schemaRef(answer.schema), examples: Object.fromEntries(examples) } },
    }),
  };
}

/**
 * Builds the response of one status's refusals: their pairs of `code` and `error`, each with the handler's answer as an
 * example.
 */
function refusalResponse(
  { refusal }: Operation,
  status: number,
  codes: readonly RefusalCode[],
  { refused }: RecordedOperation,
): Response {
  const lines = codes.map((code) => `- \`${code}\` (\`${REFUSALS[code][1]}\`): ${REFUSALS[code][2]}`);
  const errors = [...new Set(codes.map((code) => REFUSALS[code][1]))];
  const example = (code: RefusalCode) => [code, { value: (refused.get(code) as Recorded).body }];
  return {
    description: lines.join("\n"),
    headers: {
      "Cache-Control": headerRef("CacheControl"),
      ...(status === 401 && { "WWW-Authenticate": headerRef("WwwAuthenticate") }),
      ...((status === 429 || status === 503 || codes.includes("label_conflict")) && {
        "Retry-After": headerRef("RetryAfter"),
      }),
    },
    content: {
      "application/json": {
        schema: { ...schemaRef(refusal ?? "Refusal"), properties: { error: { enum: errors }, code: { enum: codes } } },
        examples: Object.fromEntries(codes.map(example)),
      },
    },
  };
}
