import * as v from "valibot";
import { CONNECTOR_TYPES } from "../../functions/connectors/connectors.ts";
import { common } from "../../functions/connectors/schema-fields.ts";
import { CONNECTOR_SCHEMAS } from "../../functions/connectors/schemas.ts";
import type { ConnectorType } from "../../functions/core/connectors/connector-type.ts";

/** What a task can ask connectors for. */
export const CONNECTED_DETAILS = Object.values(CONNECTOR_SCHEMAS).map(({ detail }) => detail);

/** The same by what the document calls them: `PostgresDetail`. */
export const NAMED_DETAILS = Object.fromEntries(
  Object.entries(CONNECTOR_SCHEMAS).map(([type, { detail }]) => [
    `${type[0]?.toUpperCase()}${type.slice(1)}Detail`,
    detail,
  ]),
) as Readonly<Record<`${Capitalize<ConnectorType>}Detail`, (typeof CONNECTED_DETAILS)[number]>>;

/** What connectors issue. */
export const CREDENTIALS = Object.values(CONNECTOR_SCHEMAS).map(({ credential }) => credential);

/** What a repeat of the request is told of a credential that cannot be issued twice. */
export const keptCredential = v.strictObject({
  type: v.picklist(CONNECTOR_TYPES),
  ...common,
  issued_before: v.literal(true),
});

export const connectorLease = v.strictObject({
  type: v.picklist(CONNECTOR_TYPES),
  ...common,
  state: v.picklist(["issuing", "issued", "revoked"]),
});
