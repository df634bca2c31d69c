import { randomBytes } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PgDatabases } from "../../../functions/adapters/postgres/pg-databases.ts";
import type { Database } from "../../../functions/connectors/postgres/databases.ts";
import { postgresConnector } from "../../../functions/connectors/postgres/postgres-connector.ts";
import { endRole } from "../../../functions/connectors/postgres/role-sql.ts";
import { quoted, quotedTable } from "../../../functions/connectors/postgres/table-name.ts";
import type { Connector, PlannedIssue } from "../../../functions/core/connectors/connector.ts";
import type { TypedDetail } from "../../../functions/core/intent/detail.ts";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../local/running-postgres.ts";
import { planFor } from "../connectors/connector.contract.ts";
import { faultyWire } from "../connectors/faulty-wire.ts";
import { ADMIN, adminDatabases, asAdmin, connectWith, ORDERS, setUpOrders, tried } from "./orders-database.ts";

if (whyNoPostgres !== undefined) process.emitWarning(`NOT TESTED: logins to PostgreSQL, since ${whyNoPostgres}`);

const nowSeconds = () => Math.floor(Date.now() / 1_000);
const random = { bytes: (count: number) => randomBytes(count) };
const INSUFFICIENT_PRIVILEGE = "42501";

describe.skipIf(whyNoPostgres !== undefined)("a login that the postgres connector hands out", () => {
  let postgres: RunningPostgres;
  let orders: Database;
  beforeAll(async () => {
    postgres = await startPostgres();
    await setUpOrders(postgres);
    orders = { ...ORDERS, port: postgres.port };
  });
  afterAll(() => postgres?.close());

  const connectorOn = (database: Database, databases = adminDatabases()): Connector =>
    postgresConnector({ deployment: { databases: [database] }, databases, random });
  const detail = (more: object = {}) => ({
    type: "postgres",
    database: "orders",
    privileges: ["SELECT"],
    tables: ["sales.orders"],
    ...more,
  });
  const planned = (more: object = {}) =>
    planFor({ connector: connectorOn(orders), asked: () => detail(more), nowSeconds });
  const issue = (plan: PlannedIssue<TypedDetail>) => connectorOn(orders).issue(plan);
  const login = async (more: object = {}) => {
    const { lease, credential } = await issue(planned(more));
    return { lease, credential, client: await connectWith(postgres, credential) };
  };
  const revoke = (lease: PlannedIssue<TypedDetail>["lease"]) => connectorOn(orders).revoke(lease);
  let root: Promise<pg.Client> | undefined;
  /**
   * Rows of a query that only the superuser may run, in the database itself. Uses one connection, which ends with the
   * server.
   */
  const asRoot = async (sql: string, values: unknown[] = []) => {
    root ??= postgres.connect({ database: "orders" });
    const { rows } = await (await root).query(sql, values);
    return rows as Record<string, unknown>[];
  };
  const rolesNamed = (name: unknown) => asRoot("SELECT FROM pg_roles WHERE rolname = $1", [name]);

  describe("has the requested rights", () => {
    it.each([
      ["SELECT", "SELECT total FROM sales.orders"],
      ["INSERT", "INSERT INTO sales.orders VALUES (100, 1, '')"],
      ["UPDATE", "UPDATE sales.orders SET total = 1"],
      ["DELETE", "DELETE FROM sales.orders"],
    ])("%s, and none of the other three", async (privilege) => {
      const { lease, client } = await login({ privileges: [privilege] });
      for (const [other, sql] of Object.entries({
        SELECT: "SELECT total FROM sales.orders",
        INSERT: "INSERT INTO sales.orders VALUES (100, 1, '')",
        UPDATE: "UPDATE sales.orders SET total = 1",
        DELETE: "DELETE FROM sales.orders",
      })) {
        await client.query("BEGIN");
        expect([other, await tried(client.query(sql))]).toEqual([
          other,
          other === privilege ? undefined : INSUFFICIENT_PRIVILEGE,
        ]);
        await client.query("ROLLBACK");
      }
      await revoke(lease);
    });

    it("on the requested columns, and on no other", async () => {
      const { lease, client } = await login({
        tables: undefined,
        columns: { "sales.orders": ["id", "total"] },
        privileges: ["SELECT", "UPDATE"],
      });
      expect((await client.query("SELECT id, total FROM orders ORDER BY id")).rows).toEqual([
        { id: 1, total: "9.5" },
        { id: 2, total: "7" },
      ]);
      for (const sql of ["SELECT card FROM orders", "SELECT * FROM orders", "UPDATE orders SET card = ''"])
        expect(await tried(client.query(sql))).toBe(INSUFFICIENT_PRIVILEGE);
      await revoke(lease);
    });

    it("within five connections, with time-outs and a pinned search path", async () => {
      const { lease, credential, client } = await login();
      const { rows } = await client.query(
        "SELECT current_setting('statement_timeout') AS s, current_setting('idle_in_transaction_session_timeout') AS i, current_setting('search_path') AS p",
      );
      expect(rows).toEqual([{ s: "1min", i: "1min", p: "pg_catalog, sales, pg_temp" }]);
      for (let count = 2; count <= 5; count += 1) await connectWith(postgres, credential);
      expect(await tried(connectWith(postgres, credential))).toBe("53300");
      await revoke(lease);
    });

    it("I4: until its expiry, after which it cannot log in, though nobody has ended it", async () => {
      const plan = planned();
      const late = { ...plan, lease: { ...plan.lease, expiresAt: nowSeconds() - 1 } };
      const { lease, credential } = await issue(late);
      expect(await tried(connectWith(postgres, credential))).toBe("28P01");
      await revoke(lease);
    });
  });

  describe("is granted exactly the named object, whatever the name", () => {
    it.each([
      ["quotes", 'ta"ble'],
      ["what would be SQL", 'x"; DROP TABLE sales.orders; --'],
      ["capitals and spaces", "Order Lines"],
      ["a dot", "a.b"],
      ["Unicode", "żółć 🔑"],
      ["a keyword", "select"],
      ["63 bytes", "n".repeat(63)],
    ])("%s", async (_case, name) => {
      const table = { schema: 'odd "schema"; --', name };
      const admin = await asAdmin(postgres);
      await admin.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(table.schema)}`);
      await admin.query(`CREATE TABLE ${quotedTable(table)} (${quoted('c"; --')} int, other int)`);
      await admin.query(`INSERT INTO ${quotedTable(table)} VALUES (7, 8)`);
      const { lease, client } = await login({
        tables: undefined,
        columns: { [quotedTable(table)]: ['c"; --'] },
      });
      expect((await client.query(`SELECT ${quoted('c"; --')} AS c FROM ${quotedTable(table)}`)).rows).toEqual([
        { c: 7 },
      ]);
      expect(await tried(client.query(`SELECT other FROM ${quotedTable(table)}`))).toBe(INSUFFICIENT_PRIVILEGE);
      expect(await tried(client.query("SELECT * FROM sales.orders"))).toBe(INSUFFICIENT_PRIVILEGE);
      expect(await revoke(lease)).toBe("revoked");
      expect(await asRoot("SELECT FROM sales.orders")).toHaveLength(2);
    });

    it.each([
      ["a table", { tables: ["sales.orders", "sales.nothing"] }, "has no table sales.nothing."],
      ["a schema", { tables: ["nowhere.orders"] }, "has no table nowhere.orders."],
      ["a table by its case", { tables: ['sales."Orders"'] }, 'has no table sales."Orders".'],
      [
        "a column",
        { tables: undefined, columns: { "sales.orders": ["id", "nothing"] } },
        "has no table sales.orders with all of these columns.",
      ],
      [
        "a column of the system",
        { tables: undefined, columns: { "sales.orders": ["ctid"] } },
        "has no table sales.orders with all of these columns.",
      ],
      ["an index", { tables: ["sales.orders_pkey"] }, "has no table sales.orders_pkey."],
    ])("refuses %s that does not exist", async (_case, more, say) => {
      const plan = planned(more);
      await expect(issue(plan)).rejects.toMatchObject({
        code: "intent_invalid",
        detail: { say: `The database orders ${say}` },
      });
      expect(await rolesNamed(plan.lease.made.role)).toEqual([]);
    });
  });

  describe("is ended", () => {
    it("with its sessions, idle or active, and its name can no longer log in", async () => {
      const { lease, credential, client } = await login();
      const [idle, busy] = [await connectWith(postgres, credential), await connectWith(postgres, credential)];
      await idle.query("BEGIN");
      await idle.query("LOCK TABLE sales.orders IN ACCESS SHARE MODE");
      const working = tried(busy.query("SELECT pg_sleep(30)"));
      expect(await revoke(lease)).toBe("revoked");
      expect(await working).toBe("57P01");
      for (const dead of [client, idle]) expect(await tried(dead.query("SELECT 1"))).toBeDefined();
      expect(await tried(connectWith(postgres, credential))).toBe("28P01");
      expect(await asRoot("SELECT FROM pg_stat_activity WHERE usename = $1", [credential.username])).toEqual([]);
    });

    it("together with the first password, when it is issued a second time", async () => {
      const plan = planned();
      const first = await issue(plan);
      const open = await connectWith(postgres, first.credential);
      const second = await issue(plan);
      expect(await tried(open.query("SELECT 1"))).toBeDefined();
      expect(await tried(connectWith(postgres, first.credential))).toBe("28P01");
      await connectWith(postgres, second.credential);
      expect(await revoke(plan.lease)).toBe("revoked");
    });

    it("even if it changed its own password and settings", async () => {
      const { lease, credential, client } = await login();
      const role = quoted(String(credential.username));
      await client.query(`ALTER ROLE ${role} PASSWORD 'mine'; ALTER ROLE ${role} SET statement_timeout = 0`);
      expect(await revoke(lease)).toBe("revoked");
      expect(await tried(connectWith(postgres, { ...credential, password: "mine" }))).toBe("28P01");
    });

    it("even if the answer to its creation was lost", async () => {
      const wire = await faultyWire(postgres.port);
      const waits = { connectMs: 1_000, statementMs: 1_000 };
      const databases = new PgDatabases(async () => {
        wire.become("well");
        return JSON.stringify(ADMIN);
      }, waits);
      // The wire falls silent after the look-up, so that the creation of the login still arrives.
      const deaf: typeof databases = Object.assign(Object.create(databases) as typeof databases, {
        session: ((database, work) =>
          databases.session(database, (session) =>
            work({
              rows: (sql, values) => session.rows(sql, values),
              run: (sql) => {
                wire.become("mute");
                return session.run(sql);
              },
            }),
          )) as typeof databases.session,
      });
      const plan = planned();
      const issuing = connectorOn({ ...orders, port: wire.port }, deaf).issue(plan);
      await expect(issuing).rejects.toMatchObject({ code: "connector_unavailable" });
      expect(await rolesNamed(plan.lease.made.role)).toHaveLength(1);
      expect(await revoke(plan.lease)).toBe("revoked");
      expect(await rolesNamed(plan.lease.made.role)).toEqual([]);
      await wire.close();
    });

    it("with an error where it owns something in another database, but it can no longer log in", async () => {
      const { lease, credential } = await login();
      const role = quoted(String(credential.username));
      const elsewhere = await postgres.connect();
      await elsewhere.query(`CREATE SCHEMA left_behind AUTHORIZATION ${role}`);
      expect(await revoke(lease)).toBe("failed");
      expect(await tried(connectWith(postgres, credential))).toBe("28P01");
      await elsewhere.query("DROP SCHEMA left_behind");
      expect(await revoke(lease)).toBe("revoked");
    });

    it("only under its own name, never for a caller with another login's name", async () => {
      const { lease } = planned();
      for (const role of ["postgres", "keeper", 'vk_x"; DROP ROLE keeper; --', undefined])
        expect(await revoke({ ...lease, made: { ...lease.made, role } })).toBe("failed");
      expect(await revoke({ ...lease, made: { ...lease.made, database: "unknown" } })).toBe("failed");
      expect(await rolesNamed("keeper")).toHaveLength(1);
    });
  });

  describe("leaves nothing behind that would run with other rights", () => {
    /**
     * An agent that may create objects, by somebody's mistake, leaves a function that gives its caller the owner's
     * rights.
     */
    const leftBehind = async (end: (role: string) => string) => {
      const { lease, credential, client } = await login();
      await asRoot(`GRANT CREATE ON SCHEMA sales TO ${quoted(String(credential.username))}`);
      await client.query(`CREATE FUNCTION sales.trap() RETURNS numeric LANGUAGE sql SECURITY DEFINER
        AS 'SELECT max(salary) FROM sales.payroll'`);
      await client.query("SELECT lo_create(4711)");
      const admin = await asAdmin(postgres);
      await admin.query(end(String(credential.username)));
      const { client: next, lease: later } = await login();
      const salary = await next.query("SELECT sales.trap() AS salary").then(
        ({ rows }) => (rows[0] as { readonly salary: string }).salary,
        () => "refused",
      );
      const objects = await asRoot("SELECT FROM pg_largeobject_metadata");
      await asRoot("DROP FUNCTION IF EXISTS sales.trap(); SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
      await revoke(later);
      expect(await revoke(lease)).toBe("revoked");
      return { salary, objects: objects.length };
    };

    it("since its objects are dropped", async () => {
      expect(await leftBehind((role) => endRole(role, true))).toEqual({ salary: "refused", objects: 0 });
    });

    it("as it would if its objects were reassigned: everybody could then read the payroll with the administrator's rights", async () => {
      const reassigned = (role: string) =>
        endRole(role, true).replace(/DROP OWNED BY ("\w+")/, "REASSIGN OWNED BY $1 TO CURRENT_USER; DROP OWNED BY $1");
      // The function outlives its maker, and the next login gets around its privileges (PUBLIC may execute new
      // functions).
      await expect(leftBehind(reassigned)).rejects.toMatchObject({ code: "connector_refused" });
      const [found] = await asRoot(
        "SELECT pg_get_userbyid(proowner) AS owner, prosecdef FROM pg_proc WHERE proname = 'trap'",
      );
      expect(found).toEqual({ owner: "keeper", prosecdef: true });
      expect(await asRoot("SELECT sales.trap() AS salary")).toEqual([{ salary: "100000" }]);
      await asRoot("DROP FUNCTION sales.trap(); SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
    });
  });

  describe("is not made in a database where PUBLIC may do more", () => {
    it.each([
      ["GRANT TEMPORARY ON DATABASE orders TO PUBLIC", /TEMPORARY/],
      ["GRANT CREATE ON DATABASE orders TO PUBLIC", /CREATE in the database/],
      ["GRANT CONNECT ON DATABASE postgres TO PUBLIC", /connect to the database postgres/],
      ["GRANT CREATE ON SCHEMA public TO PUBLIC", /create in the schema public/],
      ["GRANT SELECT ON sales.payroll TO PUBLIC", /privileges on sales.payroll/],
      ["GRANT SELECT (salary) ON sales.payroll TO PUBLIC", /privileges on sales.payroll/],
      [
        "CREATE OR REPLACE FUNCTION sales.open(text) RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION sales.open TO PUBLIC",
        /sales.open\(text\), which runs with the rights of postgres/,
      ],
      ["GRANT SELECT ON pg_authid TO PUBLIC", /pg_catalog.pg_authid, which PostgreSQL keeps/],
      ["GRANT SELECT (rolpassword) ON pg_authid TO PUBLIC", /pg_catalog.pg_authid, which PostgreSQL keeps/],
      ["GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC", /pg_read_file\(text\), which PostgreSQL keeps/],
      ["SELECT lo_from_bytea(4242, ''); GRANT SELECT ON LARGE OBJECT 4242 TO PUBLIC", /large object 4242/],
      ["ALTER DATABASE orders SET lo_compat_privileges = on", /lo_compat_privileges/],
    ])("%s: the refusal names the remedy, after which a login is made", async (mistake, problem) => {
      await asRoot(mistake);
      const plan = planned();
      await expect(issue(plan)).rejects.toMatchObject({ code: "connector_refused" });
      expect(await rolesNamed(plan.lease.made.role)).toEqual([]);
      const faults = await connectorOn(orders).health();
      expect(faults).toMatchObject([{ subject: "orders", problem: expect.stringMatching(problem) }]);
      await asRoot(faults[0]?.mend ?? "");
      // A column's privileges are revoked with the table's.
      expect(await connectorOn(orders).health()).toEqual([]);
      const { lease } = await issue(plan);
      expect(await revoke(lease)).toBe("revoked");
    });

    it("reports logins that nobody has ended, and how to end them", async () => {
      const plan = planned();
      await issue({ ...plan, lease: { ...plan.lease, expiresAt: nowSeconds() - 7_200 } });
      const [fault] = await connectorOn(orders).health();
      expect(fault?.problem).toContain(String(plan.lease.made.role));
      await asRoot(fault?.mend ?? "");
      expect(await connectorOn(orders).health()).toEqual([]);
    });
  });

  describe("is made and ended by an administrator who", () => {
    it("is not deceived by functions with the names of PostgreSQL's own", async () => {
      await asRoot(`CREATE SCHEMA keeper AUTHORIZATION keeper;
        CREATE FUNCTION keeper.hashtext(text) RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''deceived''; END';
        CREATE FUNCTION public.pg_terminate_backend(int, int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''deceived''; END'`);
      const { lease } = await login();
      expect(await revoke(lease)).toBe("revoked");
      await asRoot("DROP SCHEMA keeper CASCADE; DROP FUNCTION public.pg_terminate_backend");
    });

    it("must be able to pass on the requested rights, or no login is made", async () => {
      await asRoot("CREATE TABLE sales.foreign (id int); GRANT SELECT ON sales.foreign TO keeper WITH GRANT OPTION");
      for (const privileges of [["INSERT"], ["SELECT", "INSERT"]]) {
        const plan = planned({ tables: ["sales.foreign"], privileges });
        await expect(issue(plan)).rejects.toMatchObject({ code: "connector_refused" });
        expect(await revoke(plan.lease)).toBe("revoked");
        expect(await rolesNamed(plan.lease.made.role)).toEqual([]);
      }
      const { lease } = await login({ tables: ["sales.foreign"] });
      expect(await revoke(lease)).toBe("revoked");
    });

    it.each([
      ["another password", { username: "keeper", password: "wrong" }],
      ["no login in its secret", { username: "keeper" }],
      ["something else in its secret", "canary"],
    ])("is refused with %s, and nothing is made or revealed", async (_case, secret) => {
      const text = typeof secret === "string" ? secret : JSON.stringify(secret);
      const connector = connectorOn(orders, new PgDatabases(async () => text));
      await expect(connector.issue(planned())).rejects.toMatchObject({ code: "connector_refused" });
      expect(await connector.revoke(planned().lease)).toBe("failed");
      expect(await connector.health()).toEqual([
        { subject: "orders", problem: expect.stringMatching(/^refuses the administrator/) },
      ]);
    });

    it("can make and end logins although an agent holds the lock by which administrators take turns", async () => {
      const { lease, client } = await login();
      await client.query("SELECT pg_advisory_lock(hashtext('valetkey'))");
      const other = await login();
      expect(await revoke(other.lease)).toBe("revoked");
      expect(await revoke(lease)).toBe("revoked");
    });

    it("can end any login although an agent locks a table, as anybody who may change its rows can; others wait for theirs", async () => {
      const other = await login();
      const { lease, client } = await login({ privileges: ["SELECT", "UPDATE"] });
      await client.query("BEGIN; LOCK TABLE sales.orders IN ACCESS EXCLUSIVE MODE");
      const hasty = connectorOn(orders, adminDatabases({ connectMs: 2_000, statementMs: 1_000 }));
      await expect(hasty.issue(planned())).rejects.toMatchObject({ code: "connector_unavailable" });
      expect(await revoke(other.lease)).toBe("revoked");
      expect(await revoke(lease)).toBe("revoked");
      const { lease: next } = await login();
      expect(await revoke(next)).toBe("revoked");
    });
  });

  it("makes and ends many logins at the same moment for the same table", async () => {
    const plans = Array.from({ length: 20 }, () => planned());
    const issued = await Promise.all(plans.map(issue));
    const connected = await Promise.all(issued.map(({ credential }) => connectWith(postgres, credential)));
    for (const client of connected) expect((await client.query("SELECT FROM orders")).rows).toHaveLength(2);
    expect(new Set(await Promise.all(issued.map(({ lease }) => revoke(lease))))).toEqual(new Set(["revoked"]));
    expect(await asRoot("SELECT FROM pg_roles WHERE rolname LIKE 'vk\\_%'")).toEqual([]);
    expect(
      await asRoot("SELECT FROM pg_class c, aclexplode(c.relacl) a WHERE relname = 'orders' AND grantee <> relowner"),
    ).toEqual([]);
  });
});
