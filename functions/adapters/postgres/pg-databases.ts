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

/** How long each wait may be; milliseconds. */
export interface Waits {
  readonly connectMs: number;
  readonly statementMs: number;
}

/** Reads the administrator's login of a database: the text of that secret. */
export type ReadSecret = (name: string) => Promise<string>;

/**
 * PostgreSQL by node-postgres: chosen over `postgres` for plain connections that are opened and closed when we say so, each with its own
 * time-outs, and for SQLSTATE in every error; without native code, 86 KB in a bundle.
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
    // Without a listener, a connection that breaks while nobody waits for it would end the process.
    client.on("error", () => undefined);
    let isPartial = false;
    client.on("notice", ({ code }) => {
      isPartial ||= code === NOT_GRANTED;
    });
    try {
      await asking(() => client.connect());
      const ask = async (sql: string, values?: readonly unknown[]) => {
        const { rows } = await asking(() => client.query(sql, values && [...values]));
        // PostgreSQL only warns of a privilege that the administrator could not pass on.
        if (isPartial) throw new Refusal("connector_refused", { why: NOT_GRANTED });
        return rows as Record<string, unknown>[];
      };
      return await work({ rows: ask, run: async (sql) => void (await ask(sql)) });
    } finally {
      // Nobody waits for it: a server that does not answer must not hold up the answer.
      client.end().catch(() => undefined);
    }
  }
}

/** Names are looked up in the catalog alone: a function that somebody put into another schema is never called in its place. */
export const optionsFor = (database: Database, { connectMs, statementMs }: Waits): pg.ClientConfig => ({
  host: database.host,
  port: database.port,
  database: database.database,
  ssl: usesTls(database) ? { rejectUnauthorized: true } : false,
  application_name: "valetkey",
  options: "-c search_path=pg_catalog",
  connectionTimeoutMillis: connectMs,
  // The server's own is shorter, so that nothing is still being done there when nobody waits for it here.
  statement_timeout: Math.ceil(statementMs * 0.8),
  lock_timeout: Math.ceil(statementMs * 0.4),
  query_timeout: statementMs,
});

/** `{"username": ..., "password": ...}`, as RDS writes it. */
function loginIn(text: string): LoginName {
  try {
    const { username, password } = JSON.parse(text) as Record<string, unknown>;
    if (typeof username === "string" && typeof password === "string") return { username, password };
  } catch {
    // Not its message: it would quote the secret.
  }
  throw new Refusal("connector_refused", { why: "the administrator's secret is not a login" });
}

/** warning_privilege_not_granted */
const NOT_GRANTED = "01007";
/** Connection exceptions, insufficient resources, operator intervention, system errors, and what another transaction was in the way of. */
const PASSING = /^(08|53|57|58|XX|40|55P03)/;

async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // Never its message: it may quote what it was given.
    const state = error instanceof pg.DatabaseError ? error.code : undefined;
    if (state !== undefined && !PASSING.test(state)) throw new Refusal("connector_refused", { why: state });
    throw new Refusal("connector_unavailable", { why: state ?? "no answer", retryAfterSeconds: 1 });
  }
}
