import { describe, expect, it } from "vitest";
import type { Answer } from "../../fakes/fake-service.ts";
import { POLICIES, policiesWithPermit } from "../../fakes/fake-world.ts";
import { roleNameOf } from "../../functions/connectors/postgres/role-name.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/tasks/path.ts";
import { API_KEY, CONTACTS, ConnectedWorld, ORDERS, REPORTS, SECRET_VALUE } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const NOTHING = { logins: [], held: [], releases: [] };
const PLANS_OF = (path: string) => [`${path}#postgres-0`, `${path}#secret-1`];
const roleOf = (path: string) => roleNameOf({ path: path as TaskPath, name: "postgres-0" });

/** What was handed out is secret from now on. */
function credentialsOf(one: ConnectedWorld, { body }: Answer) {
  const all = body.credentials ?? [];
  for (const { password } of all) if (typeof password === "string") one.world.secrets.add(password);
  return all;
}

describe("a task that asks connectors", () => {
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
    expect(one.standing()).toEqual({ logins: [roleOf(path)], held: ["demo/api-key"], releases: PLANS_OF(path) });
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
    expect([...tasks.releases.known.values()].map(({ confirmed }) => confirmed)).toEqual([true, true]);
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

  it("has nothing left anywhere once it has ended: the relay tells the queue, and the record says so", async () => {
    const one = new ConnectedWorld();
    const held = await one.service.start(one.ask(ORDERS, API_KEY));
    await one.service.complete(held);
    await one.relay();
    expect(one.queue.sent).toEqual([
      { path: held.id, name: "postgres-0" },
      { path: held.id, name: "secret-1" },
    ]);
    expect(await one.release()).toBe(0);
    expect(one.standing()).toEqual(NOTHING);
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

  it("is told of each part that policy does not permit, in the form of every denial", async () => {
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
    expect(one.standing()).toEqual(NOTHING);
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
    expect(one.standing()).toEqual(NOTHING);
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

  it("with a table that does not exist is a 400 that names it; the task is withdrawn, and what was made beside it is taken back", async () => {
    const one = new ConnectedWorld();
    one.databases.missing.add("public.orders");
    const { status, body } = await one.service.exchange(one.ask(API_KEY, ORDERS));
    expect(status).toBe(400);
    expect(body.error_description).toContain("public.orders");
    expect([...one.world.ports.tasks.tasks.values()].map((task) => task.status)).toEqual(["withdrawn"]);
    await attempt(one);
    expect(one.standing()).toEqual(NOTHING);
  });

  it("whose secret another task holds is a 409 that says when to come again", async () => {
    const one = new ConnectedWorld();
    await one.service.start(one.ask(API_KEY));
    const { status, body, headers } = await one.service.exchange(one.ask(API_KEY));
    expect([status, body.code, headers["retry-after"]]).toEqual([409, "secret_held", "900"]);
    await attempt(one);
    expect(one.standing().held).toEqual(["demo/api-key"]);
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
      expect(one.standing()).toEqual(NOTHING);
    },
  );
});

describe("a token, which nobody finds by a name", () => {
  const withTokens = () => {
    const one = new ConnectedWorld({
      policies: policiesWithPermit("crm", "permit (principal, action, resource is Scope);"),
    });
    const ask = one.oauth.ask.bind(one.oauth);
    one.oauth.ask = async () => {
      const answer = await ask();
      one.world.secrets.add(answer.token);
      return answer;
    };
    return one;
  };

  it("is handed out, kept sealed, and dead once its task has ended", async () => {
    const one = withTokens();
    const answer = await one.service.exchange(one.ask(CONTACTS));
    expect(answer.body.credentials).toMatchObject([{ type: "oauth", name: "oauth-0", scope: "contacts.read" }]);
    expect(one.oauth.live.has(String(answer.body.credentials?.[0]?.access_token))).toBe(true);
    await one.service.complete({ id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" });
    await attempt(one);
    expect([one.standing(), one.oauth.live.size]).toEqual([NOTHING, 0]);
  });

  it("is taken back at once where another credential of the task cannot be had, or the record cannot be written", async () => {
    const one = withTokens();
    one.databases.missing.add("public.orders");
    expect((await one.service.exchange(one.ask(CONTACTS, ORDERS))).status).toBe(400);
    expect(one.oauth.live.size).toBe(0);
    one.world.ports.tasks.before = (method) => {
      if (method === "confirm") throw new Refusal("store_unavailable");
    };
    expect((await one.service.exchange(one.ask(CONTACTS))).status).toBe(503);
    expect(one.oauth.live.size).toBe(0);
  });

  it("is not issued twice: a repeat is told that it stands", async () => {
    const one = withTokens();
    const form = { ...one.ask(CONTACTS), subject_token: one.world.agentToken(), idempotency_key: "once" };
    await one.service.exchange(form);
    one.world.pass(11);
    const { status, body } = await one.service.exchange(form);
    expect(status).toBe(200);
    expect(body.credentials).toEqual([
      { type: "oauth", name: "oauth-0", issued_before: true, expires_at: "2026-11-24T12:15:00Z" },
    ]);
    expect(one.oauth.live.size).toBe(1);
  });
});

describe("a secret that the task's own session reads", () => {
  const asSession = () => {
    const one = new ConnectedWorld();
    one.secrets.add("demo/api-key", SECRET_VALUE, { delivery: "session" });
    return one;
  };
  const ARN = "arn:aws:secretsmanager:us-east-1:999900001111:secret:demo/api-key-a1B2c3";

  it("stands in its session policy by its ARN and in its current version alone, at each renewal too", async () => {
    const one = asSession();
    const answer = await one.service.exchange(one.ask(REPORTS, API_KEY));
    const held = { id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" };
    one.world.pass(11);
    expect((await one.service.renew(held)).status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET_VALUE);
    const policies = one.world.ports.sessions.asked.map(({ policy }) => JSON.parse(policy));
    expect(policies).toHaveLength(2);
    for (const { Statement: statements } of policies) {
      expect(statements).toContainEqual({
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: [ARN],
        Condition: { "ForAnyValue:StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" } },
      });
      expect(statements.at(-1)).toMatchObject({ Effect: "Deny", NotAction: ["s3:*", "secretsmanager:*"] });
    }
  });

  it("is no other than the exchange sealed, whatever somebody writes into the lease (I2)", async () => {
    const one = asSession();
    const answer = await one.service.exchange(one.ask(REPORTS, API_KEY));
    const held = { id: answer.body.task?.id ?? "", token: answer.body.access_token ?? "" };
    one.world.pass(11);
    const { tasks } = one.world.ports.tasks;
    const own = tasks.get(held.id);
    const [lease] = own?.connectorLeases ?? [];
    if (!own || !lease) throw new Error("no lease");
    const other = ARN.replace("demo/api-key", "databases/orders");
    for (const changed of [
      { made: { ...lease.made, session_arns: [ARN, other] } },
      { name: "secret-9" },
      { seal: own.seal },
    ]) {
      tasks.set(held.id, { ...own, connectorLeases: [{ ...lease, ...changed }] });
      expect((await one.service.renew(held)).status).toBe(403);
    }
    tasks.set(held.id, own);
    expect((await one.service.renew(held)).status).toBe(200);
  });

  it("needs a session", async () => {
    const one = asSession();
    const { status, body } = await one.service.exchange(one.ask(API_KEY));
    expect(status).toBe(400);
    expect(body.error_description).toContain("ask for a detail of type aws beside it");
  });
});

describe("a repeat of the request under its key", () => {
  it("is issued the same leases anew: another password for the same login, the same secret", async () => {
    const one = new ConnectedWorld();
    const form = { ...one.ask(ORDERS, API_KEY), subject_token: one.world.agentToken(), idempotency_key: "once" };
    const first = credentialsOf(one, await one.service.exchange(form));
    expect((await one.service.exchange(form)).status).toBe(429);
    one.world.pass(11);
    const repeated = await one.service.exchange(form);
    const second = credentialsOf(one, repeated);
    expect(second.map(({ name, username }) => [name, username])).toEqual(
      first.map(({ name, username }) => [name, username]),
    );
    expect(second[0]?.password).not.toBe(first[0]?.password);
    expect(one.standing()).toMatchObject({ logins: [first[0]?.username], held: ["demo/api-key"] });
    await one.service.complete({ id: repeated.body.task?.id ?? "", token: repeated.body.access_token ?? "" });
    await attempt(one);
    expect(one.standing()).toEqual(NOTHING);
  });
});

describe("a secret that policy wants rotated after its use", () => {
  it("is held by one task at a time whatever its tag says, and waits for its rotation when that has ended", async () => {
    const permit = "permit (principal, action, resource is Secret);";
    const one = new ConnectedWorld({ policies: policiesWithPermit("rotates", permit, { rotateAfterUse: "" }) });
    one.secrets.add("shared", "canary-shared");
    const asked = one.ask({ ...API_KEY, identifiers: ["shared"] });
    const held = await one.service.start(asked);
    expect((await one.service.exchange(asked)).body.code).toBe("secret_held");
    await one.service.complete(held);
    await attempt(one);
    expect(one.standing()).toEqual(NOTHING);
    expect(one.locks.known.get("shared")).toMatchObject({ status: "pending_rotation", rotates: true });
    expect((await one.service.exchange(asked)).body.code).toBe("secret_held");
    await one.locks.recordRotated("shared", one.world.nowSeconds());
    expect((await one.service.exchange(asked)).status).toBe(200);
  });
});

describe("a renewal", () => {
  it("is refused where policy no longer permits what a connector was asked", async () => {
    const policies = policiesWithPermit("for-now", "permit (principal, action, resource is Secret);");
    const one = new ConnectedWorld({ policies });
    one.secrets.add("other", "canary-other");
    const held = await one.service.start(one.ask(REPORTS, { ...API_KEY, identifiers: ["other"] }));
    one.world.pass(11);
    expect((await one.service.renew(held)).status).toBe(200);
    Object.assign(one.ports, { policies: POLICIES });
    one.world.pass(11);
    expect((await one.service.renew(held)).status).toBe(403);
  });
});

describe("a task below another", () => {
  it("may be given what its parent was, question by question, and nothing beside (I3)", async () => {
    const both = policiesWithPermit("all-tables", "permit (principal, action, resource is Table);");
    const one = new ConnectedWorld({ policies: both });
    const parent = await one.service.start(one.ask({ ...ORDERS, tables: ["public.orders", "public.items"] }));
    const child = await one.service.startBelow(parent, one.ask(ORDERS));
    expect(one.standing().logins).toHaveLength(2);
    const outside = [
      { ...ORDERS, privileges: ["DELETE"] },
      { ...ORDERS, tables: ["public.customers"] },
      { ...ORDERS, database: "billing" },
    ];
    for (const detail of outside) {
      const token = await one.service.delegation(parent);
      const { status, body } = await one.service.exchangeDelegation(token, one.ask(detail));
      expect([status, body.denials?.[0]?.reason]).toEqual([
        403,
        expect.stringContaining("not within what the task above"),
      ]);
    }
    expect(child.id.startsWith(parent.id)).toBe(true);
    await one.service.complete(parent);
    await attempt(one);
    expect(one.standing()).toEqual(NOTHING);
  });

  it("is bounded by the details of its delegation", async () => {
    const one = new ConnectedWorld();
    const parent = await one.service.start(one.ask(ORDERS, API_KEY));
    const wider = await one.service.delegate(parent.token, one.ask({ ...ORDERS, privileges: ["DELETE"] }));
    expect(wider.status).toBe(403);
    const token = await one.service.delegation(parent, one.ask(ORDERS));
    const { status } = await one.service.exchangeDelegation(token, one.ask(API_KEY));
    expect(status).toBe(403);
  });
});

/** Whatever is due by now is done: the stream, the queue, and the sweep of the minutes after. */
async function attempt(one: ConnectedWorld): Promise<void> {
  for (let minute = 0; minute < 3; minute += 1) {
    await one.sweep();
    await one.relay();
    await one.release();
    one.world.pass(60);
  }
}
