import type pg from "pg";
import { PgDatabases, type Waits } from "../../../functions/adapters/postgres/pg-databases.ts";
import type { Database } from "../../../functions/connectors/postgres/databases.ts";
import type { Login, RunningPostgres } from "../../../local/running-postgres.ts";

export const ORDERS: Database = {
  name: "orders",
  host: "127.0.0.1",
  port: 0,
  database: "orders",
  adminSecret: "databases/orders",
};
export const ADMIN = { username: "keeper", password: "canary-admin-password" };

/**
 * Sets up a database as `docs/connectors/postgres.md` describes. The administrator is as managed services give one: no
 * superuser, and the owner of the tables.
 */
export async function setUpOrders(postgres: RunningPostgres): Promise<void> {
  const root = await postgres.connect();
  await root.query(`CREATE ROLE ${ADMIN.username} LOGIN CREATEROLE PASSWORD '${ADMIN.password}'`);
  await root.query(`CREATE DATABASE orders OWNER ${ADMIN.username}`);
  for (const database of ["postgres", "template1"])
    await root.query(`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`);
  await root.query("REVOKE TEMPORARY ON DATABASE orders FROM PUBLIC");
  const admin = await asAdmin(postgres);
  await admin.query(`
    CREATE SCHEMA sales;
    CREATE TABLE sales.orders (id int PRIMARY KEY, total numeric, card text);
    CREATE TABLE sales.payroll (id int PRIMARY KEY, salary numeric);
    INSERT INTO sales.orders VALUES (1, 9.5, 'canary-card'), (2, 7, 'canary-card');
    INSERT INTO sales.payroll VALUES (1, 100000)`);
  await admin.end();
}

export const asAdmin = (postgres: RunningPostgres): Promise<pg.Client> =>
  postgres.connect({ user: ADMIN.username, password: ADMIN.password, database: "orders" });

/** The real adapter, with the administrator's login in the form of its secret. */
export const adminDatabases = (waits?: Waits): PgDatabases =>
  new PgDatabases(async () => JSON.stringify({ ...ADMIN, engine: "postgres" }), waits);

/** A connection with the credential that was handed out. */
export const connectWith = (
  postgres: RunningPostgres,
  credential: Readonly<Record<string, unknown>>,
  database = String(credential.database),
): Promise<pg.Client> => {
  const login: Login = { user: String(credential.username), password: String(credential.password), database };
  return postgres.connect(login);
};

/** `undefined` where it worked, or the SQLSTATE. */
export const tried = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: { readonly code?: string }) => error.code ?? "no answer",
  );
