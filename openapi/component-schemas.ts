import { type ConversionConfig, type JsonSchema, toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { ANSWERS, REQUESTS } from "./schemas/schemas.ts";

/** How the document points to a schema. */
export const schemaRef = (name: string): { readonly $ref: string } => ({ $ref: `#/components/schemas/${name}` });

/** JSON Schema 2020-12 is what OpenAPI 3.1 speaks. */
const CONFIG: ConversionConfig = {
  target: "draft-2020-12",
  // What is sent, before it is decoded.
  typeMode: "input",
  // Each `check` stands beside metadata that says the same.
  ignoreActions: ["check"],
  overrideRef: ({ referenceId }) => schemaRef(referenceId).$ref,
  // A pattern of JSON Schema is read with the flag `u` (section 6.4), so that flag may be left away, and no other.
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === "regex" &&
    "requirement" in valibotAction &&
    valibotAction.requirement instanceof RegExp &&
    valibotAction.requirement.flags === "u"
      ? { ...jsonSchema, pattern: valibotAction.requirement.source }
      : undefined,
};

/** Every named schema. What an answer holds may grow; a request is taken as it is documented. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const definitions = toJsonSchemaDefs({ ...REQUESTS, ...ANSWERS }, CONFIG);
  return Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, name in ANSWERS ? opened(schema) : schema]),
  );
}

/** A schema without a name. */
export function jsonSchemaOf(schema: GenericSchema): JsonSchema {
  const { $schema: _, description: __, ...plain } = toJsonSchema(schema, CONFIG);
  return plain;
}

const opened = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key === "additionalProperties" && value === false ? undefined : value,
  );
