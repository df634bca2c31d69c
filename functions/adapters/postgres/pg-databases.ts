import pg from "pg";
import {
  type Database,
  type DatabaseSession,
  type Databases,
  type LoginName,
  type LoginSessions,
  usesTls,
} from "../../connectors/postgres/databases.ts";
import { Refusal } from "../../core/refusal.ts";

/** Time-outs; milliseconds. */
export interface Waits {
  readonly connectMs: number;
  readonly statementMs: number;
}

/** Reads the text of the secret that holds a database's administrator's login. */
export type ReadSecret = (name: string) => Promise<string>;

/**
 * PostgreSQL through node-postgres. Compared with `postgres`, it offers plain connections with explicit opening,
 * closing and time-outs, and SQLSTATE in every error. The library has no native code and takes 86 KB of a bundle.
 */
export class PgDatabases implements Databases, LoginSessions {
  readonly #readSecret: ReadSecret;
  readonly #waits: Waits;

  constructor(readSecret: ReadSecret, waits: Waits = { connectMs: 3_000, statementMs: 5_000 }) {
    this.#readSecret = readSecret;
    this.#waits = waits;
  }

  async session<T>(database: Database, work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    return this.sessionAs(database, loginIn(await this.#readSecret(database.adminSecret)), work);
  }

  async sessionAs<T>(
    database: Database,
    { username: user, password }: LoginName,
    work: (session: DatabaseSession) => Promise<T>,
  ): Promise<T> {
    const client = new pg.Client({ ...optionsFor(database, this.#waits), user, password });
    // Without a listener, a connection that breaks while idle would end the process.
    client.on("error", () => undefined);
    let isPartial = false;
    client.on("notice", ({ code }) => {
      isPartial ||= code === NOT_GRANTED;
    });
    try {
      await translated(() => client.connect());
      const query = async (sql: string, values?: readonly unknown[]) => {
        const { rows } = await translated(() => client.query(sql, values && [...values]));
        // PostgreSQL only warns where the administrator could not grant a privilege.
        if (isPartial) throw new Refusal("connector_refused", { why: NOT_GRANTED });
        return rows as Record<string, unknown>[];
      };
      return await work({ rows: query, run: async (sql) => void (await query(sql)) });
    } finally {
      // Not awaited: a server that does not respond must not delay the result.
      client.end().catch(() => undefined);
    }
  }
}

/** Builds the options of a connection. Its search path is the catalog alone, so that no function of another schema is called by mistake. */
export const optionsFor = (database: Database, { connectMs, statementMs }: Waits): pg.ClientConfig => ({
  host: database.host,
  port: database.port,
  database: database.database,
  ssl: usesTls(database) ? { rejectUnauthorized: true } : false,
  application_name: "valetkey",
  options: "-c search_path=pg_catalog",
  connectionTimeoutMillis: connectMs,
  // The server's time-out is shorter, so that the server does no more work after the client has given up.
  statement_timeout: Math.ceil(statementMs * 0.8),
  lock_timeout: Math.ceil(statementMs * 0.4),
  query_timeout: statementMs,
});

/** Reads a login: `{"username": ..., "password": ...}`, as RDS writes it. @throws {Refusal} connector_refused. */
function loginIn(text: string): LoginName {
  try {
    const { username, password } = JSON.parse(text) as Record<string, unknown>;
    if (typeof username === "string" && typeof password === "string") return { username, password };
  } catch {
    // Drops the message, which would quote the secret.
  }
  throw new Refusal("connector_refused", { why: "the administrator's secret is not a login" });
}

/** SQLSTATE warning_privilege_not_granted. */
const NOT_GRANTED = "01007";
/**
 * SQLSTATE classes of outages: connection, resources, operator intervention, system and internal errors, conflicts with
 * a transaction.
 */
const PASSING = /^(08|53|57|58|XX|40|55P03)/;

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // Copies the SQLSTATE only: the message may quote its input.
    const state = error instanceof pg.DatabaseError ? error.code : undefined;
    if (state !== undefined && !PASSING.test(state)) throw new Refusal("connector_refused", { why: state });
    throw new Refusal("connector_unavailable", { why: state ?? "no answer", retryAfterSeconds: 1 });
  }
}
