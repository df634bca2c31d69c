import { DEFINITIONS } from "./connectors.ts";

/** Types of the connectors whose credentials are dead once a revocation is confirmed (`diesWhenRevoked`). */
export const DIE_WHEN_REVOKED: ReadonlySet<string> = new Set(
  DEFINITIONS.filter(({ diesWhenRevoked }) => diesWhenRevoked).map(({ type }) => type),
);
