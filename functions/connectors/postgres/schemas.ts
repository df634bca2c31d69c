import * as v from "valibot";
import { common, maybe, names, production, said, secretName, shortName, text, whole } from "../schema-fields.ts";

const database = v.strictObject({
  name: said(shortName, "Short name, which details and policies use."),
  host: said(
    v.pipe(text, v.maxLength(255)),
    "Host name of the database server. The login uses TLS, and the certificate must be for this name (except on loopback).",
  ),
  port: said(
    whole(1, 65_535),
    "Port of the server, usually 5432. It must be the database itself, not a connection pooler.",
  ),
  database: said(v.pipe(text, v.maxLength(63)), "The database's name on that server."),
  adminSecret: said(
    secretName,
    'Name of the secret, in the hub\'s account, that holds the administrator\'s login: {"username": ..., "password": ...}. The secret is leased to nobody.',
  ),
  production,
});

/** The connector's section of `valetkey.json`. */
const section = {
  databases: maybe(
    v.array(database),
    "PostgreSQL databases that tasks may get logins to. See docs/connectors/postgres.md.",
  ),
} as const;

/** Detail of a task's request, in `authorization_details`. */
const detail = v.pipe(
  v.strictObject({
    type: v.literal("postgres"),
    database: v.pipe(v.string(), v.description("A database of the deployment, by its name in `valetkey.json`.")),
    privileges: v.pipe(
      v.array(v.picklist(["SELECT", "INSERT", "UPDATE", "DELETE"])),
      v.minLength(1),
      v.maxLength(4),
      v.description("Each is decided on each of the tables."),
    ),
    tables: v.exactOptional(
      v.pipe(
        names(20),
        v.description("`public.orders`; other characters than a-z, 0-9, `_` and `$` in double quotes."),
      ),
    ),
    columns: v.exactOptional(
      v.pipe(v.record(v.string(), names(50)), v.description("Columns of tables, in place of whole ones.")),
    ),
  }),
  v.description("A login of its own to one PostgreSQL database, which is dropped with the task."),
);

/** Credential in the answer. */
const credential = v.strictObject({
  type: v.literal("postgres"),
  ...common,
  host: v.string(),
  port: v.pipe(v.number(), v.integer()),
  database: v.string(),
  username: v.string(),
  password: v.string(),
  sslmode: v.picklist(["verify-full", "disable"]),
});

/** Schemas of the connector: its section of `valetkey.json`, its detail and its credential. */
export const POSTGRES_SCHEMAS = { section, detail, credential };
