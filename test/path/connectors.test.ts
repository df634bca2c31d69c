import { describe, expect, it } from "vitest";
import { roleNameOf } from "../../functions/connectors/postgres/postgres-connector.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { policiesWithPermit } from "../fakes/world/world.ts";
import { API_KEY, ConnectedWorld, ORDERS, REPORTS, SECRET_VALUE } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { attempt, credentialsOf, NOTHING } from "./connected-tasks.ts";

watchWorlds();

const PLANS_OF = (path: string) => [`${path}#postgres-0`, `${path}#secret-1`];
const roleOf = (path: string) => roleNameOf({ path: path as TaskPath, name: "postgres-0" });

describe("a task with connectors", () => {
  it("gets their credentials beside its session, and the journal names each and holds none", async () => {
    const one = new ConnectedWorld();
    const answer = await one.service.exchange(one.ask(ORDERS, API_KEY, REPORTS));
    expect(answer.status).toBe(200);
    const path = answer.body.task?.id ?? "";
    const expires_at = "2026-11-24T12:15:00.000Z";
    expect(credentialsOf(one, answer)).toEqual([
      expect.objectContaining({ type: "aws", name: "aws-2" }),
      expect.objectContaining({
        type: "postgres",
        name: "postgres-0",
        database: "orders",
        username: roleOf(path),
        expires_at,
      }),
      {
        type: "secret",
        name: "secret-1",
        secrets: [{ name: "demo/api-key", version: "version-1", value: SECRET_VALUE }],
        expires_at,
      },
    ]);
    expect(one.remaining()).toEqual({
      logins: [roleOf(path)],
      held: ["demo/api-key"],
      pendingRevocations: PLANS_OF(path),
    });
    const { tasks } = one.world.ports;
    expect(tasks.events[0]?.facts.connector_leases).toEqual([
      {
        name: "postgres-0",
        type: "postgres",
        expires_at: one.world.nowSeconds() + 900,
        made: { database: "orders", role: roleOf(path) },
      },
      {
        name: "secret-1",
        type: "secret",
        expires_at: one.world.nowSeconds() + 900,
        made: { agent: "demo", secrets: ["demo/api-key"], rotates: false, session_arns: [] },
      },
    ]);
    expect(tasks.tasks.get(path)?.connectorLeases?.map(({ state }) => state)).toEqual(["issued", "issued"]);
    expect([...tasks.pendingRevocations.known.values()].map(({ confirmed }) => confirmed)).toEqual([true, true]);
    const read = await one.service.readTask({ id: path, token: answer.body.access_token ?? "" });
    expect(read.body.leases).toMatchObject([
      { name: "aws-2" },
      { name: "postgres-0", type: "postgres", state: "issued" },
      { name: "secret-1", type: "secret", state: "issued" },
    ]);
  });

  it("needs no session of AWS", async () => {
    const one = new ConnectedWorld();
    const answer = await one.service.exchange(one.ask(ORDERS));
    expect(credentialsOf(one, answer).map(({ name }) => name)).toEqual(["postgres-0"]);
    expect(one.world.ports.sessions.asked).toEqual([]);
  });

  it("has nothing left anywhere once it has ended: the relay fills the queue, and the record has the revocations", async () => {
    const one = new ConnectedWorld();
    const held = await one.service.start(one.ask(ORDERS, API_KEY));
    await one.service.complete(held);
    await one.relay();
    expect(one.leaseRevocationQueue.sent).toEqual([
      { path: held.id, name: "postgres-0" },
      { path: held.id, name: "secret-1" },
    ]);
    expect(await one.revokeLeases()).toBe(0);
    expect(one.remaining()).toEqual(NOTHING);
    const { tasks } = one.world.ports;
    expect(tasks.events.slice(2).map(({ type, facts }) => [type, facts.name])).toEqual([
      ["lease.revoked", "postgres-0"],
      ["lease.revoked", "secret-1"],
    ]);
    expect(tasks.tasks.get(held.id as never)?.connectorLeases?.map(({ state }) => state)).toEqual([
      "revoked",
      "revoked",
    ]);
  });

  it("of a set gets with mode=narrow what policy permits, and a login for that", async () => {
    const one = new ConnectedWorld();
    const wider = { ...ORDERS, privileges: ["SELECT", "DELETE"], tables: ["public.orders", "public.customers"] };
    const answer = await one.service.exchange({ ...one.ask(wider), mode: "narrow" });
    expect(answer.body.authorization_details).toEqual([ORDERS]);
    expect(answer.body.denials).toHaveLength(3);
    credentialsOf(one, answer);
    const grants = one.databases.statements.filter((statement) => /customers|DELETE/.test(statement));
    expect(grants).toEqual([]);
  });

  it("gets each part that policy does not permit, in the form of every denial", async () => {
    const one = new ConnectedWorld();
    const { status, body } = await one.service.exchange(one.ask({ ...ORDERS, tables: ["public.cards"] }, API_KEY));
    expect(status).toBe(403);
    expect(body.denials).toEqual([
      expect.objectContaining({
        action: "postgres:Select",
        target: "orders/public.cards",
        reason: "No policy permits it.",
      }),
    ]);
    expect(one.remaining()).toEqual(NOTHING);
  });

  it("is refused where policy binds to an address what cannot be bound to one", async () => {
    const policies = policiesWithPermit("bound", "permit (principal, action, resource is Secret);", { bindIp: "" });
    const one = new ConnectedWorld({ policies });
    one.secrets.add("other", "x");
    const { status, body } = await one.service.exchange(one.ask({ ...API_KEY, identifiers: ["other"] }));
    expect(status).toBe(403);
    expect(body.denials?.[0]?.reason).toContain("cannot be bound");
  });

  const hostile: readonly (readonly [string, object, string])[] = [
    ["a database that is not configured", { ...ORDERS, database: "pg_catalog" }, "[0].database"],
    ["a table with SQL in its name", { ...ORDERS, tables: ['public.x"; DROP TABLE orders; --'] }, "[0].tables[0]"],
    ["a privilege that is none", { ...ORDERS, privileges: ["SELECT, DELETE"] }, "[0].privileges[0]"],
    ["a pattern of secrets", { ...API_KEY, identifiers: ["demo/*"] }, "[0].identifiers[0]"],
    ["a secret of valetkey itself", { ...API_KEY, identifiers: ["valetkey/sealing-key"] }, "[0].identifiers[0]"],
    ["an administrator's login", { ...API_KEY, identifiers: ["databases/orders"] }, "[0].identifiers[0]"],
    ["a type that is a property of every object", { ...API_KEY, type: "constructor" }, "[0].type"],
    ["a type that is no text", { ...API_KEY, type: ["secret"] }, "[0].type"],
    ["a lease's name in the detail", { ...ORDERS, name: "postgres-7" }, "[0] may hold only"],
  ];
  it.each(hostile)("with %s is a 400 that names the place, and nothing is made", async (_, detail, place) => {
    const one = new ConnectedWorld();
    const { status, body } = await one.service.exchange(one.ask(detail));
    expect(status).toBe(400);
    expect(body.error_description).toContain(`authorization_details${place}`);
    expect(one.remaining()).toEqual(NOTHING);
    expect(one.world.ports.tasks.tasks.size).toBe(0);
  });

  it("with a secret that does not exist is a 400, and nothing was recorded", async () => {
    const one = new ConnectedWorld();
    one.secrets.secrets.clear();
    const { status, body } = await one.service.exchange(one.ask(ORDERS, API_KEY));
    expect(status).toBe(400);
    expect(body.error_description).toContain("authorization_details[1].identifiers[0]");
    expect(one.world.ports.tasks.tasks.size).toBe(0);
    expect(one.databases.statements).toEqual([]);
  });

  it("with a table that does not exist is a 400 that names it; the task is withdrawn, and the credentials made beside it are revoked", async () => {
    const one = new ConnectedWorld();
    one.databases.missing.add("public.orders");
    const { status, body } = await one.service.exchange(one.ask(API_KEY, ORDERS));
    expect(status).toBe(400);
    expect(body.error_description).toContain("public.orders");
    expect([...one.world.ports.tasks.tasks.values()].map((task) => task.status)).toEqual(["withdrawn"]);
    await attempt(one);
    expect(one.remaining()).toEqual(NOTHING);
  });

  it("whose secret another task holds is a 409 with the time to come again", async () => {
    const one = new ConnectedWorld();
    await one.service.start(one.ask(API_KEY));
    const { status, body, headers } = await one.service.exchange(one.ask(API_KEY));
    expect([status, body.code, headers["retry-after"]]).toEqual([409, "secret_held", "900"]);
    await attempt(one);
    expect(one.remaining().held).toEqual(["demo/api-key"]);
  });

  it.each(["databases", "secrets", "locks"] as const)(
    "while %s cannot be reached is a 503, never a denial",
    async (provider) => {
      const one = new ConnectedWorld();
      one[provider].before = () => {
        throw new Refusal(provider === "locks" ? "store_unavailable" : "connector_unavailable");
      };
      const { status } = await one.service.exchange(one.ask(ORDERS, API_KEY));
      expect(status).toBe(503);
      one[provider].before = () => undefined;
      await attempt(one);
      expect(one.remaining()).toEqual(NOTHING);
    },
  );
});
