import type { Privilege, RequestedTable } from "./postgres-detail.ts";
import { quoted, quotedTable } from "./table-name.ts";

/** Login that is about to be created. */
export interface LoginRole {
  readonly role: string;
  /** Verifier of the password. The server stores nothing else of the password. */
  readonly verifier: string;
  /** Last moment at which a session can begin; epoch seconds. */
  readonly validUntil: number;
  /** Name of the database on its server. */
  readonly database: string;
  readonly privileges: readonly Privilege[];
  readonly tables: readonly RequestedTable[];
}

/**
 * Upper bound on a task's simultaneous connections, and time-outs of its sessions. A session can change its own
 * time-outs, so they protect only from accidents.
 */
export const SESSION = { connections: 5, statementSeconds: 60, idleInTransactionSeconds: 60 } as const;

/**
 * Writes the SQL that creates the login with its privileges in one transaction. The login owns nothing, inherits
 * nothing and is in no group. Names resolve in the catalog first, and in temporary schemas last.
 * @param isPolite true to wait for others that change privileges of the same tables. Every login can take that lock
 * too, so waiting is only a courtesy.
 */
export function createRole(login: LoginRole, isPolite: boolean): string {
  const role = quoted(login.role);
  const schemas = [...new Set(login.tables.map(({ schema }) => quoted(schema)))];
  const path = ["pg_catalog", ...schemas, "pg_temp"].join(", ");
  return transaction(
    [
      `CREATE ROLE ${role} LOGIN PASSWORD '${login.verifier}' VALID UNTIL '${new Date(login.validUntil * 1_000).toISOString()}'` +
        ` CONNECTION LIMIT ${SESSION.connections} NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS`,
      `ALTER ROLE ${role} SET statement_timeout = '${SESSION.statementSeconds}s'`,
      `ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '${SESSION.idleInTransactionSeconds}s'`,
      `ALTER ROLE ${role} SET search_path = ${path}`,
      `GRANT CONNECT ON DATABASE ${quoted(login.database)} TO ${role}`,
      ...schemas.map((schema) => `GRANT USAGE ON SCHEMA ${schema} TO ${role}`),
      ...login.tables.map((table) => grant(login.privileges, table, role)),
    ],
    isPolite,
  );
}

function grant(privileges: readonly Privilege[], table: RequestedTable, role: string): string {
  const columns = table.columns === undefined ? "" : ` (${table.columns.map(quoted).join(", ")})`;
  return `GRANT ${privileges.map((privilege) => privilege + columns).join(", ")} ON TABLE ${quotedTable(table)} TO ${role}`;
}

/**
 * Writes the SQL that removes the login, and all that it owns. The order is: forbid new sessions, committed at once;
 * terminate the old ones; drop what the login owns and its privileges; drop the login. Owned objects are never
 * reassigned: a function or trigger would then run with the rights of its new owner.
 */
export const endRole = (name: string, isPolite: boolean): string => {
  const role = quoted(name);
  return [
    transaction(
      [
        `ALTER ROLE ${role} NOLOGIN PASSWORD NULL`,
        // Only a member of a role, or a superuser, may terminate its sessions and drop what it owns.
        `GRANT ${role} TO CURRENT_USER`,
      ],
      false,
    ),
    `SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usename = '${name}'`,
    // After this statement, a session that began earlier has no privileges left.
    transaction([`DROP OWNED BY ${role}`], isPolite),
    untilQuiet(name),
    transaction([`DROP ROLE ${role}`], isPolite),
  ].join(";\n");
};

/** Consecutive looks that must find no session, pause between two looks, and upper bound on the looks. */
const QUIET = { looks: 3, pauseSeconds: 0.02, mostLooks: 100 } as const;

/**
 * Terminates the login's sessions until several looks in a row find none. A session that began just before `NOLOGIN`
 * appears in `pg_stat_activity` only when it is ready, and would outlive a `DROP ROLE`. The sessions must end before
 * the drop, since only a superuser can terminate sessions of a role that is gone. Fails with 55006 (object in use)
 * where sessions remain after two seconds; the next attempt begins anew.
 */
const untilQuiet = (name: string): string => `DO $quiet$
DECLARE quiet int := 0;
BEGIN
  FOR look IN 1..${QUIET.mostLooks} LOOP
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usename = '${name}';
    quiet := CASE WHEN FOUND THEN 0 ELSE quiet + 1 END;
    EXIT WHEN quiet = ${QUIET.looks};
    PERFORM pg_sleep(${QUIET.pauseSeconds});
  END LOOP;
  IF quiet < ${QUIET.looks} THEN
    RAISE EXCEPTION 'sessions of the login do not end' USING ERRCODE = 'object_in_use';
  END IF;
END $quiet$`;

/**
 * Takes the advisory lock by which transactions take turns. The privileges of a table are in one row of the catalog.
 * Two transactions that change the row at the same moment make one of them fail ("tuple concurrently updated").
 */
const TURN = "SET LOCAL lock_timeout = '1s';\nSELECT pg_advisory_xact_lock(hashtext('valetkey'))";

const transaction = (statements: readonly string[], isPolite: boolean): string =>
  ["BEGIN", ...(isPolite ? [TURN] : []), ...statements, "COMMIT"].join(";\n");
