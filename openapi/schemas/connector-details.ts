import * as v from "valibot";
import { CONNECTOR_TYPES } from "../../functions/connectors/connectors.ts";
import { common } from "../../functions/connectors/schema-fields.ts";
import { CONNECTOR_SCHEMAS } from "../../functions/connectors/schemas.ts";
import type { ConnectorType } from "../../functions/core/deployment/connector-type.ts";

/** Schemas of connectors' details by their name in the document: `PostgresDetail`. */
export const NAMED_DETAILS = Object.fromEntries(
  Object.entries(CONNECTOR_SCHEMAS).map(([type, { detail }]) => [
    `${type[0]?.toUpperCase()}${type.slice(1)}Detail`,
    detail,
  ]),
) as Readonly<Record<`${Capitalize<ConnectorType>}Detail`, (typeof CONNECTOR_SCHEMAS)[ConnectorType]["detail"]>>;

/** Schemas of the credentials that connectors issue. */
export const CREDENTIALS = Object.values(CONNECTOR_SCHEMAS).map(({ credential }) => credential);

/** Schema of a credential that cannot be issued twice, as a repeated request is answered. */
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
