import * as v from "valibot";
import { LIMITS } from "../../contract/limits.ts";
import { defined } from "../../functions/core/defined.ts";
import type { Route } from "../../functions/routes.ts";
import { jsonSchemaOf, schemaRef } from "./component-schemas.ts";
import { isMarked, responsesOf } from "./document-responses.ts";
import type { Operation } from "./operation.ts";
import type { Call } from "./recording/call.ts";
import type { RecordedOperation } from "./recording/record.ts";
import { SECURITY } from "./security.ts";

const IF_NONE_MATCH = {
  name: "If-None-Match",
  in: "header",
  required: false,
  description: "The `ETag` of the last answer: while nothing has changed, the answer is 304.",
  schema: { type: "string" },
} as const;

/** Builds the OpenAPI object of an operation. */
export function documentOperation(route: Route, operation: Operation, recorded: RecordedOperation) {
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: route.summary,
    description: operation.description,
    security: operation.provenInForm ? [] : SECURITY[route.caller],
    ...withParameters([
      ...pathParameters(route, operation, recorded),
      ...queryParameters(operation, recorded),
      ...(isMarked(route) ? [IF_NONE_MATCH] : []),
    ]),
    ...requestBodyOf(operation, recorded),
    responses: responsesOf(route, operation, recorded),
  };
}

const withParameters = (parameters: readonly unknown[]) => (parameters.length > 0 ? { parameters } : {});

const firstCall = ({ accepted }: RecordedOperation) => Object.values(accepted)[0]?.call;

function pathParameters(
  { path }: Route,
  { parameters = {} }: Operation,
  recorded: RecordedOperation,
): readonly unknown[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    const schema = parameters[name];
    if (schema === undefined) throw new Error(`${path}: {${name}} has no schema`);
    return {
      name,
      in: "path",
      required: true,
      description: v.getDescription(schema),
      schema: jsonSchemaOf(schema),
      example: firstCall(recorded)?.path?.[name],
    };
  });
}

const queryParameters = ({ query = {} }: Operation, recorded: RecordedOperation): readonly unknown[] =>
  Object.entries(query).map(([name, { says, required, schema }]) => {
    const example = firstCall(recorded)?.query?.[name];
    return {
      name,
      in: "query",
      required,
      description: says,
      schema: jsonSchemaOf(schema),
      ...defined({ example }),
    };
  });

function requestBodyOf({ body, accepted }: Operation, recorded: RecordedOperation) {
  if (body === undefined) return {};
  const examples = Object.entries(recorded.accepted)
    .filter(([, { call }]) => call.body !== undefined || body.optional !== true)
    .map(([name, { call }]) => [name, { summary: accepted[name]?.says, value: exampleOf(call) }]);
  return {
    requestBody: {
      required: body.optional !== true,
      description: `At most ${LIMITS.bodyBytes / 1_024} KiB.`,
      content: { [body.mediaType]: { schema: schemaRef(body.schema), examples: Object.fromEntries(examples) } },
    },
  };
}

/**
 * Returns a call's body as its schema describes it, before encoding: a form's schema has numbers, an encoded form only
 * texts.
 */
function exampleOf({ route, body }: Call): unknown {
  if (body && "json" in body) return body.json;
  if (!(body && "form" in body)) throw new Error(`${route}: an example without a body`);
  const { task_ttl, ...others } = body.form;
  return task_ttl === undefined ? others : { ...others, task_ttl: Number(task_ttl) };
}
