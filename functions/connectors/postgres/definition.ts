import type { ConnectorDefinition } from "../connector-definition.ts";
import type { Database } from "./databases.ts";

declare module "../../core/connectors/connector-type.ts" {
  interface ConnectorTypes {
    readonly postgres: "databases";
  }
  interface ConnectorSections {
    /** PostgreSQL databases that tasks may get logins to. */
    readonly databases?: readonly Database[];
  }
}

/** Logins to PostgreSQL databases. */
export const POSTGRES = {
  type: "postgres",
  keepsTokens: false,
  section: { name: "databases", nameOf: ({ name }) => name, secretsOf: ({ adminSecret }) => [adminSecret] },
  actions: {
    "postgres:Select": { resource: "Table", groups: ["postgres:Read"] },
    "postgres:Insert": { resource: "Table", groups: ["postgres:Write"] },
    "postgres:Update": { resource: "Table", groups: ["postgres:Write"] },
    "postgres:Delete": { resource: "Table", groups: ["postgres:Write"] },
  },
} as const satisfies ConnectorDefinition<"postgres">;
