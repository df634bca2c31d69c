import type { AskedTable, Privilege } from "./postgres-detail.ts";
import { quoted, quotedTable } from "./table-name.ts";

/** A login that is about to be made. */
export interface LoginRole {
  readonly role: string;
  /** Verifier of its password, which is all that the server keeps. */
  readonly verifier: string;
  /** Epoch seconds: no login after that. */
  readonly validUntil: number;
  /** The database's name on its server. */
  readonly database: string;
  readonly privileges: readonly Privilege[];
  readonly tables: readonly AskedTable[];
}

/** Most connections of a task at once, and its sessions' own time-outs, which they can change: they protect from accidents. */
export const SESSION = { connections: 5, statementSeconds: 60, idleInTransactionSeconds: 60 } as const;

/**
 * The login with its privileges, or nothing. It owns nothing, inherits nothing and is in no group; names resolve in the catalog first and in
 * no temporary schema before any other.
 * @param isPolite whether to wait for others that change the same tables' privileges. Who has a login can take that lock too, so it is only a courtesy.
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

function grant(privileges: readonly Privilege[], table: AskedTable, role: string): string {
  const columns = table.columns === undefined ? "" : ` (${table.columns.map(quoted).join(", ")})`;
  return `GRANT ${privileges.map((privilege) => privilege + columns).join(", ")} ON TABLE ${quotedTable(table)} TO ${role}`;
}

/**
 * The login is gone, and so is all that it was or made. In this order: no new sessions (committed, so that it holds at once), no old ones,
 * then what it owns and may do. It is dropped and never reassigned: a function or trigger that it left behind would from then on run with the
 * rights of whom it was given to.
 */
export const endRole = (name: string, isPolite: boolean): string => {
  const role = quoted(name);
  return [
    transaction(
      [
        `ALTER ROLE ${role} NOLOGIN PASSWORD NULL`,
        // To end a role's sessions and drop what it owns takes being a member of it, unless one is a superuser.
        `GRANT ${role} TO CURRENT_USER`,
      ],
      false,
    ),
    `SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usename = '${name}'`,
    // From here on a session that was let in before may do nothing.
    transaction([`DROP OWNED BY ${role}`], isPolite),
    untilQuiet(name),
    transaction([`DROP ROLE ${role}`], isPolite),
  ].join(";\n");
};

/** Looks in a row that find no session, and the pause between two looks. */
const QUIET = { looks: 3, pauseSeconds: 0.02, mostLooks: 100 } as const;

/**
 * Ends the login's sessions until none is seen for some looks: one that the server let in just before `NOLOGIN` shows up in `pg_stat_activity` only when
 * it is ready, and outlives a `DROP ROLE` that did not see it. It must be done before the drop, since nobody but a superuser ends sessions of a role
 * that is gone. Fails with 55006 (object in use) where sessions are still there after two seconds; the next try begins anew.
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
 * Privileges of one table stand in one row of the catalog, and two transactions that change it at the same moment make one of them fail
 * ("tuple concurrently updated"): they take turns.
 */
const TURN = "SET LOCAL lock_timeout = '1s';\nSELECT pg_advisory_xact_lock(hashtext('valetkey'))";

const transaction = (statements: readonly string[], isPolite: boolean): string =>
  ["BEGIN", ...(isPolite ? [TURN] : []), ...statements, "COMMIT"].join(";\n");
