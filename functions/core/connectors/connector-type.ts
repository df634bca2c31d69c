/** The types of details that a connector understands, in the order in which they are told. */
export const CONNECTOR_TYPES = ["postgres", "secret", "oauth", "github"] as const;
export type ConnectorType = (typeof CONNECTOR_TYPES)[number];
