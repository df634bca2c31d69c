import { describe, expect, it } from "vitest";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const reads = (...resources: readonly string[]) => ({
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: resources.map((name) => `arn:aws:s3:::acme-data/${name}`),
});
const TOOL = { type: "tool", server: "tickets", tools: ["search"] };
const requestFor = (...details: readonly unknown[]) => ({ authorization_details: JSON.stringify(details) });
const serve = (world: FakeWorld = fakeWorld()) => new FakeService(world);
const taskOf = (world: FakeWorld, { id }: Held) => world.ports.tasks.tasks.get(id);

describe("POST /v1/token for a delegation token", () => {
  it("is answered with what may be requested with it, and recorded", async () => {
    const service = serve();
    const held = await service.start();
    service.world.pass(100);
    const { status, body } = await service.delegate(held.token);
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.stringMatching(/^vkd_/),
        issued_token_type: "urn:valetkey:token-type:delegation",
        token_type: "N_A",
        expires_in: 800,
        authorization_details: [reads("reports/*")],
      },
    ]);
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      of: held.id,
      type: "delegation.issued",
      facts: { agent: "demo", to: "helper" },
    });
  });

  it("may allow less than the task has, in what and for how long", async () => {
    const service = serve();
    const held = await service.start();
    const { body } = await service.delegate(held.token, { ...requestFor(reads("reports/a")), task_ttl: "60" });
    expect(body).toMatchObject({ expires_in: 60, authorization_details: [reads("reports/a")] });
  });

  const rows: readonly (readonly [string, Readonly<Record<string, string | undefined>>, number, string])[] = [
    ["no sub-agent", { audience: undefined }, 400, "malformed_request"],
    ["a sub-agent that is none", { audience: "Not An Id" }, 400, "malformed_request"],
    ["no token", { subject_token: undefined }, 400, "malformed_request"],
    ["an actor", { actor_token: "a.b.c" }, 400, "delegation_unsupported"],
    ["a deadline that is none", { task_ttl: "0" }, 400, "malformed_request"],
    ["details that are none", { authorization_details: "[]" }, 400, "intent_invalid"],
    ["more details than are stored", { authorization_details: `[${" ".repeat(4_096)}]` }, 400, "intent_invalid"],
    ["more than the task has", requestFor(reads("reports/*", "other/*")), 403, "policy_denied"],
    [
      "a token of another kind",
      { subject_token_type: "urn:ietf:params:oauth:token-type:jwt" },
      400,
      "unsupported_token_type",
    ],
    ["a token that is none of ours", { subject_token: "abc" }, 400, "subject_token_unknown"],
  ];
  it.each(rows)("%s is refused", async (_, changed, status, code) => {
    const service = serve();
    const held = await service.start();
    expect(await service.delegate(held.token, changed)).toMatchObject({ status, body: { code } });
    expect(taskOf(service.world, held)?.delegations).toEqual([]);
  });

  it("names the part that is more than the task has", async () => {
    const service = serve();
    const held = await service.start();
    const { body } = await service.delegate(held.token, requestFor(reads("reports/a", "payroll")));
    expect(body.denials).toMatchObject([{ action: "s3:GetObject", target: "arn:aws:s3:::acme-data/payroll" }]);
  });

  it("is refused after the task's end and past its deadline", async () => {
    const service = serve();
    const [held, other] = [await service.start(), await service.start()];
    await service.complete(other);
    expect(await service.delegate(other.token)).toMatchObject({ status: 403, body: { code: "task_ended" } });
    service.world.pass(900);
    expect(await service.delegate(held.token)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("is refused where twenty wait to be used, until one is, or has expired", async () => {
    const service = serve();
    const held = await service.start({ task_ttl: "3600" });
    const first = await service.delegation(held, { task_ttl: "120" });
    for (let count = 1; count < 20; count += 1) await service.delegation(held, { task_ttl: "120" });
    expect(await service.delegate(held.token)).toMatchObject({ status: 429, body: { code: "too_many_tokens" } });
    expect(await service.exchangeDelegation(first)).toMatchObject({ status: 200 });
    await service.delegation(held, { task_ttl: "120" });
    expect(await service.delegate(held.token)).toMatchObject({ status: 429 });
    service.world.pass(120);
    await service.delegation(held);
    // Delegations that nobody can use any more are dropped. One that was used a moment ago stays, for a repeat of that
    // request.
    expect(taskOf(service.world, held)?.delegations).toHaveLength(1);
  });

  it("is refused to an agent that requests thirty in a minute, until the minute is over", async () => {
    const service = serve();
    const held = await service.start({ task_ttl: "3600" });
    for (let count = 0; count < 30; count += 1) {
      if (count === 15) service.world.pass(1);
      await service.delegation(held, { task_ttl: "1" });
    }
    service.world.pass(1);
    expect(await service.delegate(held.token)).toMatchObject({ status: 429, body: { code: "too_many_requests" } });
    service.world.pass(60);
    expect(await service.delegate(held.token)).toMatchObject({ status: 200 });
  });
});

describe("a sub-agent with a delegation token", () => {
  it("opens a task below its parent's, and every record names the parent", async () => {
    const service = serve();
    const parent = await service.start();
    const token = await service.delegation(parent);
    const { status, body } = await service.exchangeDelegation(token, requestFor(reads("reports/a")));
    expect([status, body]).toMatchObject([
      200,
      {
        access_token: expect.stringMatching(/^vk_/),
        task: { parent: parent.id, status: "active" },
        sub: "demo",
        act: { sub: "helper" },
        authorization_details: [reads("reports/a")],
        credentials: [{ name: "aws-0" }],
      },
    ]);
    const path = body.task?.id ?? "";
    expect(path).toMatch(new RegExp(`^${parent.id}[a-z0-9]{4}_$`));
    const { world } = service;
    expect(world.ports.sessions.asked.at(-1)).toMatchObject({ path, agent: "helper" });
    const own = world.ports.tasks.events.filter(({ of }) => of === path);
    expect(own[0]).toMatchObject({
      type: "task.opened",
      facts: { agent: "helper", parent: parent.id, chain: ["demo"] },
    });
    expect(isWholeChain(own)).toBe(true);
    const held = { id: path, token: body.access_token ?? "" };
    expect((await service.readTask(held)).body).toMatchObject({
      id: path,
      parent: parent.id,
      agent: "helper",
      sub: "demo",
      act: { sub: "helper" },
    });
    world.pass(11);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(await service.complete(held)).toMatchObject({ status: 200 });
    expect(taskOf(world, parent)?.status).toBe("active");
  });

  it("may delegate on, and the chain grows: in the answer, in introspection, in the journal", async () => {
    const service = serve();
    const root = await service.start(requestFor(reads("reports/*"), TOOL));
    const child = await service.startBelow(root, requestFor(reads("reports/*"), TOOL));
    const grandchild = await service.startBelow(child, requestFor(TOOL), "scout");
    const { body: shown } = await service.present(grandchild.token);
    const { body } = await service.introspect(shown.access_token ?? "");
    const act = { sub: "scout", act: { sub: "helper" } };
    expect(body).toMatchObject({ active: true, sub: "demo", act, client_id: "scout", task: grandchild.id });
    const opened = service.world.ports.tasks.events.find(({ of }) => of === grandchild.id);
    expect(opened?.facts).toMatchObject({ parent: child.id, chain: ["demo", "helper"] });
  });

  it("gets no more time than its parent has, nor than its delegation allows", async () => {
    const service = serve();
    const parent = await service.start({ task_ttl: "600" });
    const expiry = async (ttl: Readonly<Record<string, string>>) => {
      const token = await service.delegation(parent, ttl);
      const { body } = await service.exchangeDelegation(token, { task_ttl: "43200" });
      expect(body.credentials?.[0]?.Expiration).toBe(body.task?.expires_at);
      return body.task?.expires_at;
    };
    expect(await expiry({})).toBe("2026-11-24T12:10:00Z");
    expect(await expiry({ task_ttl: "60" })).toBe("2026-11-24T12:01:00Z");
    expect(await expiry({ task_ttl: "43200" })).toBe("2026-11-24T12:10:00Z");
  });

  it("with a key may repeat its request, and it is the same child; the token is used up all the same", async () => {
    const service = serve();
    const parent = await service.start();
    const token = await service.delegation(parent, requestFor(reads("reports/*")));
    const key = { idempotency_key: "part-1" };
    const first = await service.exchangeDelegation(token, key);
    const again = await service.exchangeDelegation(token, key);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body.task?.id).toBe(first.body.task?.id);
    expect(again.body.access_token).not.toBe(first.body.access_token);
    expect(again.body).toMatchObject({ sub: "demo", act: { sub: "helper" } });
    for (const changed of [{}, { idempotency_key: "part-2" }]) {
      expect(await service.exchangeDelegation(token, changed)).toMatchObject({
        status: 400,
        body: { code: "delegation_token_invalid" },
      });
    }
    const other = await service.delegation(parent);
    const elsewhere = await service.exchangeDelegation(other, key);
    expect(elsewhere).toMatchObject({ status: 409, body: { code: "idempotency_conflict" } });
  });

  it("opens nothing with one that was revoked; with it goes the repeat of what was opened, and the child goes on", async () => {
    const service = serve();
    const parent = await service.start();
    const token = await service.delegation(parent);
    expect(await service.revoke(token)).toMatchObject({ status: 200 });
    expect(service.world.ports.tasks.events.at(-1)).toMatchObject({
      of: parent.id,
      type: "delegation.revoked",
      facts: { agent: "demo", to: "helper" },
    });
    expect(await service.exchangeDelegation(token)).toMatchObject({ body: { code: "delegation_token_invalid" } });
    expect(await service.revoke(token), "again").toMatchObject({ status: 200 });

    const used = await service.delegation(parent);
    const { body } = await service.exchangeDelegation(used, { idempotency_key: "run-1" });
    await service.revoke(used);
    service.world.pass(20);
    expect(await service.exchangeDelegation(used, { idempotency_key: "run-1" })).toMatchObject({
      body: { code: "delegation_token_invalid" },
    });
    const child = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    expect(await service.readTask(child)).toMatchObject({ body: { status: "active" } });
    expect(await service.readTask(parent)).toMatchObject({ body: { status: "active" } });
  });

  it("is refused with one whose child is not in the record any more: nobody knows what it allowed", async () => {
    const service = serve();
    const { tasks } = service.world.ports;
    const parent = await service.start();
    const token = await service.delegation(parent, requestFor(reads("reports/a")));
    const key = { idempotency_key: "part-1", ...requestFor(reads("reports/a")) };
    const { body } = await service.exchangeDelegation(token, key);
    tasks.tasks.delete(String(body.task?.id));
    tasks.confirmed.clear(); // the record of the child's keys is gone with it
    for (const parameters of [key, { idempotency_key: "part-2" }])
      expect(await service.exchangeDelegation(token, parameters)).toMatchObject({
        body: { code: "delegation_token_invalid" },
      });
  });

  it("whose child was withdrawn may try again with its key, within what the delegation allowed", async () => {
    const service = serve();
    const parent = await service.start();
    const token = await service.delegation(parent, requestFor(reads("reports/a")));
    const key = { idempotency_key: "part-1", ...requestFor(reads("reports/a")) };
    const { sessions } = service.world.ports;
    sessions.before = () => {
      throw new Refusal("sts_unavailable");
    };
    expect(await service.exchangeDelegation(token, key)).toMatchObject({ status: 503 });
    sessions.before = () => undefined;
    const wide = { idempotency_key: "part-1", ...requestFor(reads("reports/*")) };
    expect(await service.exchangeDelegation(token, wide)).toMatchObject({
      status: 403,
      body: { code: "policy_denied" },
    });
    expect(await service.exchangeDelegation(token, key)).toMatchObject({ status: 200 });
    expect(await service.exchangeDelegation(token)).toMatchObject({ body: { code: "delegation_token_invalid" } });
  });
});
