import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { postgresConnector } from "../../../functions/connectors/postgres/postgres-connector.ts";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../local/running-postgres.ts";
import { adminDatabases, connectWith, ORDERS, setUpOrders, tried } from "../postgres/orders-database.ts";
import { connectorContract, type TestedConnector } from "./connector.contract.ts";
import { type FaultyWire, faultyWire } from "./faulty-wire.ts";

if (whyNoPostgres !== undefined) process.emitWarning(`NOT TESTED: the postgres connector, since ${whyNoPostgres}`);

/** Statements that nobody requested. */
const BESIDE: Readonly<Record<string, string>> = {
  "read another table": "SELECT * FROM sales.payroll",
  insert: "INSERT INTO sales.orders VALUES (3, 1, '')",
  update: "UPDATE sales.orders SET total = 0",
  delete: "DELETE FROM sales.orders",
  truncate: "TRUNCATE sales.orders",
  "lock out others": "LOCK TABLE sales.orders IN EXCLUSIVE MODE",
  "create a table": "CREATE TABLE sales.mine (id int)",
  "create a table in public": "CREATE TABLE public.mine (id int)",
  "create a temporary table": "CREATE TEMP TABLE mine (id int)",
  "create a schema": "CREATE SCHEMA mine",
  "create a function": "CREATE FUNCTION sales.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  "create a trigger":
    "CREATE TRIGGER t AFTER INSERT ON sales.orders EXECUTE FUNCTION suppress_redundant_updates_trigger()",
  "create a role": "CREATE ROLE other",
  "grant what it has": `DO $$ BEGIN
    GRANT SELECT ON sales.orders TO PUBLIC; -- a warning at most, so the effect counts
    IF NOT EXISTS (SELECT FROM pg_class c, aclexplode(c.relacl) a WHERE c.relname = 'orders' AND a.grantee = 0)
    THEN RAISE insufficient_privilege; END IF;
  END $$`,
  "become the administrator": "SET ROLE keeper",
  "extend its own life": "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
  "lift its limit": "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
  "read the passwords": "SELECT rolpassword FROM pg_authid",
  "read files": "SELECT pg_read_file('/etc/passwd')",
  "run programs": "COPY (SELECT 1) TO PROGRAM 'true'",
  "end others' sessions": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
};

describe.skipIf(whyNoPostgres !== undefined)("the postgres connector", () => {
  let postgres: RunningPostgres;
  let wire: FaultyWire;
  let tested: TestedConnector;
  beforeAll(async () => {
    postgres = await startPostgres();
    await setUpOrders(postgres);
    wire = await faultyWire(postgres.port);
    const root = await postgres.connect({ database: "orders" });
    const connector = postgresConnector({
      deployment: { databases: [{ ...ORDERS, port: wire.port }] },
      databases: adminDatabases({ connectMs: 1_000, statementMs: 2_000 }),
      random: { bytes: (count) => randomBytes(count) },
    });
    const isLeft = async (role: unknown) =>
      (await root.query("SELECT FROM pg_roles WHERE rolname = $1", [role])).rows.length > 0;
    tested = {
      connector,
      asked: () => ({ type: "postgres", database: "orders", privileges: ["SELECT"], tables: ["sales.orders"] }),
      dies: true,
      nowSeconds: () => Math.floor(Date.now() / 1_000),
      works: async (credential) => {
        const client = await connectWith(postgres, credential).catch(() => undefined);
        return (await client?.query("SELECT * FROM orders"))?.rows.length === 2;
      },
      doesBeside: async (credential) => {
        const client = await connectWith(postgres, credential);
        const done: string[] = [];
        for (const [name, sql] of Object.entries(BESIDE)) {
          await client.query("BEGIN");
          if ((await tried(client.query(sql))) === undefined) done.push(name);
          await client.query("ROLLBACK");
        }
        for (const other of ["postgres", "template1"])
          if ((await tried(connectWith(postgres, credential, other))) === undefined) done.push(`connect to ${other}`);
        return done;
      },
      remains: ({ made }) => isLeft(made.role),
      forget: async ({ made }) => void (await root.query(`DROP OWNED BY "${made.role}"; DROP ROLE "${made.role}"`)),
      provider: (state) => wire.become(state),
      boundMs: 4_000,
      traces: async () => postgres.log(),
      secretsIn: (credential) => [String(credential.password)],
    };
  });
  afterAll(async () => {
    await wire?.close();
    await postgres?.close();
  });

  connectorContract(() => tested);
});
