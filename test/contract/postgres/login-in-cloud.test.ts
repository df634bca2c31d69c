import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type RunningPostgres, startPostgres, whyNoPostgres } from "../../../local/running-postgres.ts";
import { exchangeParameters, GRANT_TYPE, type RunningCloud, runCloud } from "../running-cloud.ts";
import { ADMIN, connectWith, ORDERS, tried } from "./orders-database.ts";

interface TokenAnswer {
  readonly access_token: string;
  readonly task: { readonly id: string };
  readonly credentials: readonly Readonly<Record<string, unknown>>[];
  readonly code?: string;
  readonly error_description?: string;
}

const ASKED = { type: "postgres", database: "orders", privileges: ["SELECT"], tables: ["public.orders"] };

/** The whole service on the embedded AWS, with the rights of its functions, in front of a real PostgreSQL. */
describe.skipIf(whyNoPostgres !== undefined)("a login of a task", () => {
  let postgres: RunningPostgres;
  let running: RunningCloud;
  beforeAll(async () => {
    postgres = await startPostgres();
    const root = await postgres.connect();
    await root.query(`CREATE ROLE ${ADMIN.username} LOGIN CREATEROLE PASSWORD '${ADMIN.password}'`);
    await root.query(`CREATE DATABASE orders OWNER ${ADMIN.username}`);
    await root.query("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC");
    await root.query("REVOKE TEMPORARY ON DATABASE orders FROM PUBLIC");
    const admin = await postgres.connect({ user: ADMIN.username, password: ADMIN.password, database: "orders" });
    await admin.query("CREATE TABLE public.orders (id int); CREATE TABLE public.customers (id int)");
    running = await runCloud({}, { databases: [{ ...ORDERS, port: postgres.port }] });
    running.cloud.aws
      .admin(running.cloud.hubAccount)
      .createSecret({ name: ORDERS.adminSecret, value: JSON.stringify(ADMIN) });
  });
  afterAll(async () => {
    await running.close();
    await postgres.close();
  });

  const ask = async (more: Readonly<Record<string, string>> = {}, subject?: string) => {
    const token = subject ?? (await running.cloud.agents.mint({ sub: "agent:demo" }));
    const body = {
      grant_type: GRANT_TYPE,
      ...exchangeParameters(token),
      authorization_details: JSON.stringify([ASKED]),
    };
    const answer = await fetch(`${running.url}/v1/token`, {
      method: "POST",
      body: new URLSearchParams({ ...body, ...more }),
    });
    return { status: answer.status, body: (await answer.json()) as TokenAnswer };
  };
  const end = ({ body: { task, access_token: token } }: Awaited<ReturnType<typeof ask>>) =>
    running.complete({ id: task.id, token, accessKeyId: "", secretAccessKey: "", sessionToken: "" });
  const logins = async () => {
    const root = await postgres.connect();
    const { rows } = await root.query("SELECT rolname FROM pg_roles WHERE rolname LIKE 'vk\\_%'");
    return rows.map(({ rolname }) => rolname as string);
  };

  it("reads its table and no other, and is gone with its task", async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    const [login = {}] = answer.body.credentials;
    const client = await connectWith(postgres, login);
    expect(await tried(client.query("SELECT * FROM public.orders"))).toBeUndefined();
    expect(await tried(client.query("SELECT * FROM public.customers"))).toBe("42501");
    await end(answer);
    expect(await tried(client.query("SELECT 1"))).toBeDefined();
    expect(await tried(connectWith(postgres, login))).toBe("28P01");
    expect(await logins()).toEqual([]);
    const denied = running.calls.filter(({ decision }) => decision === "Denied").map(({ action }) => action);
    expect(denied).toEqual([]);
  });

  it("is gone within seconds of its task's deadline, with its open connections, though no sweep runs", async () => {
    const swept = () => running.calls.filter(({ sessionName }) => sessionName === "valetkey-sweep").length;
    const before = swept();
    const answer = await ask({ task_ttl: "6" });
    expect(answer.status).toBe(200);
    const [login = {}] = answer.body.credentials;
    const client = await connectWith(postgres, login);
    client.on("error", () => undefined);
    expect(await tried(client.query("SELECT * FROM public.orders"))).toBeUndefined();
    expect(await logins()).toEqual([login.username]);
    const dueMs = Date.parse(String(login.expires_at));
    const root = await postgres.connect();
    const left = () => root.query("SELECT FROM pg_roles WHERE rolname = $1", [login.username]);
    await vi.waitFor(async () => expect((await left()).rowCount).toBe(0), dueMs + 15_000 - Date.now());
    expect(Date.now()).toBeGreaterThanOrEqual(dueMs);
    expect(await tried(client.query("SELECT 1"))).toBeDefined();
    expect(swept()).toBe(before);
  });

  it("for a table that does not exist is refused with a 400 that names the table, and leaves nothing behind", async () => {
    const detail = { ...ASKED, tables: ["public.orders"], privileges: ["SELECT"] };
    const root = await postgres.connect({ user: ADMIN.username, password: ADMIN.password, database: "orders" });
    await root.query("ALTER TABLE public.orders RENAME TO elsewhere");
    const { status, body } = await ask({ authorization_details: JSON.stringify([detail]) });
    await root.query("ALTER TABLE public.elsewhere RENAME TO orders");
    expect([status, body.code]).toEqual([400, "intent_invalid"]);
    expect(body.error_description).toContain("public.orders");
    await running.cloud.settled();
    expect(await logins()).toEqual([]);
  });
});
