import type {
  Database,
  DatabaseSession,
  Databases,
  LoginName,
  LoginSessions,
  Row,
} from "../../../functions/connectors/postgres/databases.ts";
import { scramVerifier } from "../../../functions/core/connectors/scram-verifier.ts";
import { Refusal } from "../../../functions/core/refusal.ts";

/**
 * Fake PostgreSQL server with users and passwords. Understands only the SQL of rotations, with transactions and one
 * lock.
 */
export class FakeLoginServer implements Databases, LoginSessions {
  /** Stored verifier of each user's password. */
  readonly users = new Map<string, string>();
  /** Users whose sessions were ended. */
  readonly ended: string[] = [];
  /** Cache of password comparisons, each of which costs milliseconds. */
  readonly #compared = new Map<string, boolean>();
  /** Queue for the lock: resolves when all earlier holders have released it. */
  #lock: Promise<void> = Promise.resolve();

  add(username: string, password: string): void {
    this.users.set(username, scramVerifier(password, new Uint8Array(16)));
  }

  letsIn({ username, password }: LoginName): boolean {
    const stored = this.users.get(username);
    const salt = /:([^$]+)\$/.exec(stored ?? "")?.[1];
    if (stored === undefined || salt === undefined) return false;
    const pair = `${stored} ${password}`;
    const known = this.#compared.get(pair) ?? scramVerifier(password, Buffer.from(salt, "base64")) === stored;
    this.#compared.set(pair, known);
    return known;
  }

  session<T>(_database: Database, work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    return this.#session("keeper", work);
  }

  async sessionAs<T>(
    _database: Database,
    login: LoginName,
    work: (session: DatabaseSession) => Promise<T>,
  ): Promise<T> {
    if (!this.letsIn(login)) throw new Refusal("connector_refused", { why: "28P01" });
    return this.#session(login.username, work);
  }

  async #session<T>(user: string, work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    let release = () => {};
    let pending: (() => void)[] | undefined;
    const take = async (): Promise<void> => {
      const before = this.#lock;
      this.#lock = new Promise((done) => {
        release = done;
      });
      await before;
    };
    const run = async (statement: string): Promise<void> => {
      if (statement === "BEGIN") pending = [];
      else if (statement === "ROLLBACK") pending = undefined;
      else if (statement === "COMMIT") {
        for (const change of pending ?? []) change();
        pending = undefined;
      } else if (statement.includes("advisory")) await take();
      else if (statement.includes("pg_terminate_backend")) this.ended.push(user);
      else {
        const [, verb, name = "", rest = ""] = /^(CREATE|ALTER) ROLE "([^"]+)" (.*)$/.exec(statement) ?? [];
        const password = /PASSWORD '([^']+)'/.exec(rest)?.[1];
        if (verb === undefined || (password === undefined && verb === "ALTER")) return;
        const change = () => void this.users.set(name, password ?? "");
        if (pending) pending.push(change);
        else change();
      }
    };
    try {
      return await work({
        rows: async (sql, values) => this.#rows(sql, values),
        run: async (sql) => {
          for (const statement of sql.split(";\n")) await run(statement);
        },
      });
    } finally {
      release();
    }
  }

  #rows(sql: string, [name]: readonly unknown[]): readonly Row[] {
    if (!sql.includes("pg_terminate_backend")) return this.users.has(String(name)) ? [{}] : [];
    this.ended.push(String(name));
    return [];
  }
}
