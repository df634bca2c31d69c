import type { JsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { connectedCredential, connectedDetail, connectorType, detailType } from "../../contract/connected.ts";
import { CONNECTOR_TYPES } from "../../functions/connectors/connectors.ts";
import { CONNECTOR_SCHEMAS } from "../../functions/connectors/schemas.ts";
import type { ConnectorType } from "../../functions/core/deployment/connector-type.ts";

/** Schemas of connectors' details by their name in the document: `PostgresDetail`. */
export const NAMED_DETAILS = Object.fromEntries(
  Object.entries(CONNECTOR_SCHEMAS).map(([type, { detail }]) => [
    `${type[0]?.toUpperCase()}${type.slice(1)}Detail`,
    detail,
  ]),
) as Readonly<Record<`${Capitalize<ConnectorType>}Detail`, (typeof CONNECTOR_SCHEMAS)[ConnectorType]["detail"]>>;

/** Values in the place of each type that the contract leaves open. */
const TYPES: ReadonlyMap<unknown, v.GenericSchema> = new Map<unknown, v.GenericSchema>([
  [connectorType, v.picklist(CONNECTOR_TYPES)],
  [detailType, v.picklist(["aws", "tool", ...CONNECTOR_TYPES])],
]);

/** Schemas in the place of each object that the contract leaves open. */
const MEMBERS: ReadonlyMap<unknown, readonly v.GenericSchema[]> = new Map<unknown, readonly v.GenericSchema[]>([
  [connectedDetail, Object.values(NAMED_DETAILS)],
  [connectedCredential, Object.values(CONNECTOR_SCHEMAS).map(({ credential }) => credential)],
]);

/**
 * Fills the places that the contract leaves to connectors. Returns undefined for a schema without such a place.
 * @param converted the schema in JSON Schema, with the open places.
 * @param convert converts a schema of a connector.
 */
export function withConnectors(
  schema: object,
  converted: JsonSchema,
  convert: (schema: v.GenericSchema) => JsonSchema,
): JsonSchema | undefined {
  const type = TYPES.get(schema);
  if (type) return convert(type);
  const options = "options" in schema && Array.isArray(schema.options) ? (schema.options as readonly unknown[]) : [];
  const place = options.findIndex((option) => MEMBERS.has(option));
  if (place === -1) return undefined;
  const members = (MEMBERS.get(options[place]) ?? []).map(convert);
  const { anyOf, oneOf, ...rest } = converted;
  return {
    ...rest,
    ...(anyOf && { anyOf: anyOf.toSpliced(place, 1, ...members) }),
    ...(oneOf && { oneOf: oneOf.toSpliced(place, 1, ...members) }),
  };
}
