import type { ConnectorDefinition } from "../connector-definition.ts";
import { textsIn } from "../texts-in.ts";
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
  diesWhenRevoked: true,
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
  reached: ({ database }) => textsIn([database]),
  entities: `
// A PostgreSQL database, by its name in valetkey.json: resource in Database::"orders" is every table of it.
entity Database;

// A table: postgres:Select, Insert, Update, Delete. columns are the requested ones, absent for the whole table,
// so a rule that forbids a column reads: unless { resource has columns && !resource.columns.contains("ssn") }
entity Table in [Database] {
  database: String,
  schema: String,
  name: String,
  columns?: Set<String>,
};
`,
  threat: {
    credential: "login to a PostgreSQL database",
    thief:
      "Logs in from anywhere that reaches the database, with the granted privileges on the granted tables or columns; reads the catalog, takes advisory locks, and locks tables that it may UPDATE or DELETE.",
    endsWithTask: true,
    longest: "task",
    revoked:
      "The login loses LOGIN, its sessions are terminated, what it owns is dropped, and the role is dropped; nothing is reassigned.",
    outlives:
      "VALID UNTIL is the deadline: no login after it. A session that is open then lives until revoke-leases or the minute's sweep ends it.",
    others:
      "Nobody but the task: the role is made for one task. The administrator's login, in a secret that no task is leased, can make and end such roles.",
    residual: [
      "What everybody may do in the database, a login may do too; health() lists it, and no login is made until it is taken away.",
      "A session can change its own time-outs and search path.",
    ],
  },
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
