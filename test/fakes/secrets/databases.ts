import type { Database, DatabaseSession, Databases, Row } from "../../../functions/connectors/postgres/databases.ts";
import { Refusal } from "../../../functions/core/refusal.ts";

/**
 * Fake PostgreSQL server with logins. Every table exists that is not `missing`. Understands only the SQL of the
 * postgres connector.
 */
export class FakeDatabases implements Databases {
  /** Stored verifier of each login's password. */
  readonly logins = new Map<string, string>();
  /** Missing tables: `public.nothing`. */
  readonly missing = new Set<string>();
  /** Every statement, in order. */
  readonly statements: string[] = [];
  before: (method: string) => void | Promise<void> = () => undefined;

  async session<T>(_database: Database, work: (session: DatabaseSession) => Promise<T>): Promise<T> {
    await this.before("session");
    return work({
      rows: async (sql, values) => this.#rows(sql, values),
      run: async (sql) => {
        for (const statement of sql.split(";\n")) this.#run(statement);
      },
    });
  }

  #rows(sql: string, [tables, role]: readonly unknown[]): readonly Row[] {
    if (!sql.includes("role_exists")) return [];
    const requested = JSON.parse(String(tables)) as readonly { readonly schema: string; readonly name: string }[];
    const place = requested.findIndex(({ schema, name }) => this.missing.has(`${schema}.${name}`));
    return [
      {
        table_missing: place < 0 ? null : place,
        column_missing: null,
        role_exists: this.logins.has(String(role)),
        risks: 0,
      },
    ];
  }

  #run(statement: string): void {
    this.statements.push(statement);
    const [, verb, role = "", rest = ""] = /^(CREATE|ALTER|DROP) ROLE "(\w+)"(.*)$/.exec(statement) ?? [];
    if (verb === "CREATE") this.logins.set(role, /PASSWORD '([^']+)'/.exec(rest)?.[1] ?? "");
    else if (verb !== undefined && !this.logins.has(role)) throw new Refusal("connector_refused", { why: "42704" });
    if (verb === "DROP") this.logins.delete(role);
  }
}
