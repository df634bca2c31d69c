import type { ConnectorDefinition } from "../connector-definition.ts";
import type { Database } from "./databases.ts";

declare module "../../core/deployment/connector-type.ts" {
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
  section: {
    name: "databases",
    nameOf: ({ name }) => name,
    secretsOf: ({ adminSecret }) => [adminSecret],
    sample: (details) =>
      details.map(({ database }) => ({
        name: String(database),
        host: "127.0.0.1",
        port: 5432,
        database: String(database),
        adminSecret: "",
      })),
  },
  actions: {
    "postgres:Select": { resource: "Table", groups: ["postgres:Read"] },
    "postgres:Insert": { resource: "Table", groups: ["postgres:Write"] },
    "postgres:Update": { resource: "Table", groups: ["postgres:Write"] },
    "postgres:Delete": { resource: "Table", groups: ["postgres:Write"] },
  },
  entities: `
// A PostgreSQL database, by its name in valetkey.json: resource in Database::"orders" is every table of it.
entity Database;

// A table: postgres:Select, Insert, Update, Delete. columns are those that are asked for; without them the whole table is,
// so a rule that forbids one says: unless { resource has columns && !resource.columns.contains("ssn") }
entity Table in [Database] {
  database: String,
  schema: String,
  name: String,
  columns?: Set<String>,
};
`,
  // libpq, and whatever follows it. Source: PostgreSQL, libpq, Environment Variables.
  variables: {
    host: "PGHOST",
    port: "PGPORT",
    database: "PGDATABASE",
    username: "PGUSER",
    password: "PGPASSWORD",
    sslmode: "PGSSLMODE",
  },
  variablesInTheWay: /^PG[A-Z]+$/,
} as const satisfies ConnectorDefinition<"postgres">;
