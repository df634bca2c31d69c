import { randomBytes } from "node:crypto";
import type { Cloud } from "./cloud/start-cloud.ts";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "./running-postgres.ts";

/** Database of `local/valetkey.json`, set up by the steps of docs/connectors/postgres.md. */
export interface DemoDatabase {
  /** Runs one query with a vended login. @returns `200`, or the SQLSTATE of the refusal. */
  query(login: { readonly username: string; readonly password: string }, sql: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts a PostgreSQL with a table of orders and one of customers.
 * @returns `why` where this machine has no PostgreSQL.
 */
export async function startDemoDatabase(cloud: Cloud, port: number): Promise<DemoDatabase | { readonly why: string }> {
  if (whyNoPostgres !== undefined) return { why: whyNoPostgres };
  let postgres: RunningPostgres;
  try {
    postgres = await startPostgres(port);
  } catch (error) {
    return {
      why: `PostgreSQL does not start here: ${error instanceof Error ? error.message.slice(0, 200) : "unknown"}`,
    };
  }
  const password = randomBytes(18).toString("base64url");
  await setUp(postgres, password);
  cloud.aws.admin(cloud.hubAccount).createSecret({
    name: "databases/orders",
    value: JSON.stringify({ username: "keeper", password }),
  });
  return {
    query: async ({ username, password: own }, sql) => {
      try {
        const client = await postgres.connect({ user: username, password: own, database: "orders" });
        await client.query(sql);
        await client.end();
        return "200";
      } catch (error) {
        return (error as { readonly code?: string }).code ?? "no answer";
      }
    },
    close: () => postgres.close(),
  };
}

async function setUp(postgres: RunningPostgres, password: string): Promise<void> {
  const root = await postgres.connect();
  await root.query(`CREATE ROLE keeper LOGIN CREATEROLE PASSWORD '${password}'`);
  await root.query("CREATE DATABASE orders OWNER keeper");
  await root.query("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC");
  await root.query("REVOKE TEMPORARY ON DATABASE orders FROM PUBLIC");
  const keeper = await postgres.connect({ user: "keeper", password, database: "orders" });
  await keeper.query(`
    CREATE TABLE public.orders (id int PRIMARY KEY, total numeric);
    CREATE TABLE public.customers (id int PRIMARY KEY, name text);
    INSERT INTO public.orders VALUES (1, 9.5), (2, 7)`);
  await keeper.end();
}
