import { describe, expect, it } from "vitest";
import { POLICIES, policiesWith, policiesWithPermit } from "../fakes/world/world.ts";
import { API_KEY, ConnectedWorld, ORDERS, REPORTS } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { attempt, credentialsOf, NOTHING } from "./connected-tasks.ts";

watchWorlds();

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
    expect(one.remaining()).toMatchObject({ logins: [first[0]?.username], held: ["demo/api-key"] });
    await one.service.complete({ id: repeated.body.task?.id ?? "", token: repeated.body.access_token ?? "" });
    await attempt(one);
    expect(one.remaining()).toEqual(NOTHING);
  });
});

describe("a repeat while a condition of the world restricts", () => {
  it("is issued nothing where the condition came after the decision", async () => {
    const text =
      'permit (principal, action, resource is Table) unless { context.conditions.contains("change-freeze") };';
    const one = new ConnectedWorld({ policies: policiesWith(text) });
    const form = { ...one.ask(ORDERS), subject_token: one.world.agentToken(), idempotency_key: "once" };
    const [first] = credentialsOf(one, await one.service.exchange(form));
    one.world.pass(11);
    const { tasks, setConditions } = one.world.ports;
    const now = one.world.nowSeconds();
    tasks.before = (called) => {
      if (called !== "reissue") return;
      const held = { name: "change-freeze", scope: "hub", until: now + 600, at: now, by: "x", reason: "y" } as const;
      setConditions.put("restricts", held);
    };
    expect(await one.service.exchange(form)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
    expect(first?.password).toBeDefined();
    expect(await setConditions.list("restricts", now)).toHaveLength(1);
  });
});

describe("a renewal", () => {
  it("is refused where policy no longer permits what was requested of a connector", async () => {
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
    expect(one.remaining().logins).toHaveLength(2);
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
    expect(one.remaining()).toEqual(NOTHING);
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
