import * as v from "valibot";
import type { Operation as Contract } from "../../contract/operation.ts";
import { defined } from "../../functions/core/defined.ts";
import type { Operation, QueryParameter, Refused } from "./operation.ts";
import type { Arrange } from "./recording/call.ts";
import { ANSWERS, type AnswerName, REQUESTS, type RequestName } from "./schemas.ts";

/** Calls of an operation: one for each of its examples, and for each of its refusals a situation that causes it. */
export interface Arrangement<O extends Contract> {
  readonly examples: Readonly<Record<keyof O["examples"], Arrange>>;
  readonly refused: Readonly<Record<O["refuses"][number], Arrange>>;
}

/** Arrangements of a noun: of each operation that its file has. */
export type ArrangementsOf<M> = {
  readonly [K in keyof M as M[K] extends Contract ? K : never]: M[K] extends Contract ? Arrangement<M[K]> : never;
};

/** Arrangement of any operation. `ArrangementsOf` holds it to its own examples and refusals. */
interface Arranged {
  readonly examples: Readonly<Record<string, Arrange>>;
  readonly refused: Refused;
}

/** Makes the documentation of an operation from the contract and its arranged calls. */
export function fromContract(operation: Contract, { examples, refused }: Arranged): Operation {
  const { id, tag, description, parameters, query, body, provenInForm, answer, refusal } = operation;
  return {
    id,
    tag,
    description,
    ...defined({ parameters, provenInForm }),
    ...(query && {
      query: Object.fromEntries(Object.entries(query).map(([name, schema]) => [name, described(schema)])),
    }),
    ...(body && {
      body: {
        mediaType: body.form ? "application/x-www-form-urlencoded" : "application/json",
        schema: nameOf(body.schema, REQUESTS) as RequestName,
        ...(body.optional && { optional: true }),
      },
    }),
    answer: {
      status: answer.status,
      says: answer.says,
      ...(answer.schema && { schema: nameOf(answer.schema, ANSWERS) as AnswerName }),
    },
    ...defined({ unfinished: answer.unfinished }),
    accepted: Object.fromEntries(
      Object.entries(operation.examples).map(([name, says]) => [name, { says, arrange: examples[name] as Arrange }]),
    ),
    refused,
    ...(refusal && { refusal: nameOf(refusal, ANSWERS) as AnswerName }),
  };
}

function described(given: v.GenericSchema): QueryParameter {
  const required = given.type !== "exact_optional";
  const schema = required ? given : (given as v.ExactOptionalSchema<v.GenericSchema, undefined>).wrapped;
  return { says: v.getDescription(given) ?? v.getDescription(schema) ?? "", required, schema };
}

/** Finds the name of a schema in the document. @throws {Error} where the noun lists no name for it. */
function nameOf(schema: unknown, names: Readonly<Record<string, unknown>>): string {
  const [name] = Object.entries(names).find(([, each]) => each === schema) ?? [];
  if (name === undefined)
    throw new Error("a schema of an operation has no name in the document: list it in its noun's file");
  return name;
}
