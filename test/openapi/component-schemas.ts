import { type ConversionConfig, type JsonSchema, toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { detailsAsSent } from "../../contract/authorization-details.ts";
import { NAMED_DETAILS, withConnectors } from "./connectors.ts";
import { ANSWERS, REQUESTS } from "./schemas.ts";

/** Builds the document's reference to a schema. */
export const schemaRef = (name: string): { readonly $ref: string } => ({ $ref: `#/components/schemas/${name}` });

/** Settings of the conversion; OpenAPI 3.1 uses JSON Schema 2020-12. */
const CONFIG: ConversionConfig = {
  target: "draft-2020-12",
  // Describes the input before decoding.
  typeMode: "input",
  // The metadata beside each `check` describes its rule.
  ignoreActions: ["check", "guard"],
  overrideSchema: ({ valibotSchema, jsonSchema }) =>
    valibotSchema === detailsAsSent
      ? schemaRef("AuthorizationDetails")
      : withConnectors(valibotSchema, jsonSchema, inPlace),
  overrideRef: ({ referenceId }) => schemaRef(referenceId).$ref,
  // JSON Schema applies the flag `u` to patterns (section 6.4), so only that flag may be omitted.
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === "regex" &&
    "requirement" in valibotAction &&
    valibotAction.requirement instanceof RegExp &&
    valibotAction.requirement.flags === "u"
      ? { ...jsonSchema, pattern: valibotAction.requirement.source }
      : undefined,
};

/**
 * Builds all named schemas. Schemas of answers allow further fields, which later versions may add. Schemas of requests
 * are strict.
 */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const definitions = toJsonSchemaDefs({ ...REQUESTS, ...ANSWERS }, CONFIG);
  return Object.fromEntries(
    Object.entries(definitions).map(([name, schema]) => [name, name in ANSWERS ? opened(schema) : schema]),
  );
}

/** Converts a schema of a parameter, whose description has a place of its own. */
export function jsonSchemaOf(schema: GenericSchema): JsonSchema {
  const { description: _, ...plain } = plainSchemaOf(schema);
  return plain;
}

/** Converts a schema that has no name. */
function plainSchemaOf(schema: GenericSchema): JsonSchema {
  const { $schema: _, ...plain } = toJsonSchema(schema, CONFIG);
  return plain;
}

/** Converts a connector's schema where it is used: to a reference if it has a name. */
function inPlace(schema: GenericSchema): JsonSchema {
  const [name] = Object.entries(NAMED_DETAILS).find(([, each]) => each === schema) ?? [];
  return name === undefined ? plainSchemaOf(schema) : schemaRef(name);
}

const opened = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema), (key, value) =>
    key === "additionalProperties" && value === false ? undefined : value,
  );
