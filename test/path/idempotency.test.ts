import { describe, expect, it } from "vitest";
import type { Ports } from "../../functions/core/ports.ts";
import { FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const serve = () => new FakeService(fakeWorld());
/** The service in another process, that has given out nothing itself. */
const elsewhere = (world: FakeWorld): FakeService =>
  new FakeService(world, { ...world.ports, recent: NOTHING_RECENT } as Ports as FakeWorld["ports"]);
const NOTHING_RECENT = { find: () => undefined, keep: () => undefined };
const KEY = { idempotency_key: "run-42" };
const TOOLS = { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' };
const mesh = (service: FakeService, jti: string): string =>
  service.world.agentToken({ iss: "https://mesh.test", sub: "spiffe://mesh/demo", jti });
const types = ({ ports }: FakeWorld): readonly string[] => ports.tasks.events.map(({ type }) => type);

describe("the same request with the same key is the same task", () => {
  it("gives a further token for it, and the first stays good", async () => {
    const service = serve();
    const first = await service.start(KEY);
    const second = await service.start(KEY);
    expect(second.id).toBe(first.id);
    expect(second.token).not.toBe(first.token);
    expect(await service.readTask(first)).toMatchObject({ status: 200 });
    expect(await service.readTask(second)).toMatchObject({ status: 200 });
    expect(types(service.world)).toEqual(["task.opened", "task.token_issued"]);
  });

  it("gives the very credentials again within ten seconds, and fresh ones after", async () => {
    const service = serve();
    const keyOf = async () => (await service.exchange(KEY)).body.credentials?.[0]?.AccessKeyId;
    const first = await keyOf();
    expect(await keyOf()).toBe(first);
    service.world.pass(11);
    expect(await keyOf()).not.toBe(first);
    expect(types(service.world)).toEqual(["task.opened", "task.token_issued", "task.token_issued", "lease.renewed"]);
  });

  it("gives fresh ones at once where another process gave out the first: it is no loop that renews", async () => {
    const service = serve();
    const first = (await service.exchange(KEY)).body.credentials?.[0]?.AccessKeyId;
    const { status, body } = await elsewhere(service.world).exchange(KEY);
    expect([status, body.credentials?.[0]?.AccessKeyId === first]).toEqual([200, false]);
    expect(types(service.world)).toEqual(["task.opened", "task.token_issued", "lease.renewed"]);
  });

  it("has to wait at a renewal where another process gave them out less than ten seconds ago", async () => {
    const service = serve();
    const answer = await elsewhere(service.world).renew(await service.start(KEY));
    expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "10" }, body: { code: "renewed_too_soon" } });
  });

  it("decides anew: what is no longer permitted is not given again", async () => {
    const service = serve();
    await service.start(KEY);
    service.world.addAgent({ id: "demo", team: "other" });
    expect(await service.exchange(KEY)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });

  it("does not bring an ended task back", async () => {
    const service = serve();
    await service.complete(await service.start(KEY));
    expect(await service.exchange(KEY)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("does not bring an expired task back, though nobody has ended it yet", async () => {
    const service = serve();
    await service.start(KEY);
    service.world.pass(900);
    expect(await service.exchange(KEY)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("gives a suspended agent nothing, though this process still takes it for active", async () => {
    const service = serve();
    const { agents } = service.world.ports;
    const believed = agents.agents.get("demo");
    await service.start({ ...KEY, ...TOOLS });
    if (believed) agents.cached.set("demo", believed);
    service.world.addAgent({ id: "demo", status: "suspended" });
    expect(await service.exchange({ ...KEY, ...TOOLS })).toMatchObject({
      status: 403,
      body: { code: "agent_inactive" },
    });
  });
});

describe("a key belongs to one request of one workload", () => {
  const others: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["another purpose", { purpose: "something else" }],
    ["another intent", TOOLS],
    ["another time to live", { task_ttl: "60" }],
    ["another mode", { mode: "narrow" }],
  ];
  it.each(others)("%s under the same key is a 409", async (_, changed) => {
    const service = serve();
    await service.start(KEY);
    expect(await service.exchange({ ...KEY, ...changed })).toMatchObject({
      status: 409,
      body: { code: "idempotency_conflict" },
    });
    expect(types(service.world)).toEqual(["task.opened", "task.refused"]);
  });

  it("another workload of the same agent has keys of its own", async () => {
    const service = serve();
    service.world.addAgent({
      id: "demo",
      bindings: [
        { issuer: "robots", claims: { sub: "agent:demo" } },
        { issuer: "mesh", claims: { sub: "spiffe://mesh/demo" } },
      ],
    });
    const first = await service.start(KEY);
    const other = await service.start({ ...KEY, subject_token: mesh(service, "mesh-1") });
    expect(other.id).not.toBe(first.id);
  });
});

describe("repeats at the same moment are one task", () => {
  it("each request holds the task", async () => {
    const service = serve();
    const answers = await Promise.all(Array.from({ length: 4 }, () => service.exchange({ ...KEY, ...TOOLS })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.task?.id)).size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(4);
    expect(service.world.ports.tasks.tasks.size).toBe(1);
  });
});

describe("a token that was used is a token that was used", () => {
  it("a single-use token starts one task", async () => {
    const service = serve();
    const token = service.world.agentToken();
    await service.start({ subject_token: token });
    expect(await service.exchange({ subject_token: token })).toMatchObject({ body: { code: "token_replayed" } });
    expect(service.world.ports.tasks.tasks.size).toBe(1);
    expect(types(service.world)).toEqual(["task.opened", "task.refused"]);
  });

  it("with its key it may be sent again: a retry is not a replay", async () => {
    const service = serve();
    const token = service.world.agentToken();
    const first = await service.start({ ...KEY, subject_token: token });
    expect((await service.start({ ...KEY, subject_token: token })).id).toBe(first.id);
  });

  const thefts: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ["without the key", {}, "token_replayed"],
    ["with a key of its own", { idempotency_key: "mine" }, "token_replayed"],
    ["with the key, for something else", { ...KEY, purpose: "something else" }, "idempotency_conflict"],
  ];
  it.each(thefts)("a thief of it gets nothing %s", async (_, form, code) => {
    const service = serve();
    const token = service.world.agentToken();
    await service.start({ ...KEY, subject_token: token });
    expect(await service.exchange({ ...form, subject_token: token })).toMatchObject({ body: { code } });
    expect(service.world.ports.tasks.tasks.size).toBe(1);
  });

  it("a thief cannot spend it on a repeat of another task either", async () => {
    const service = serve();
    const [one, another] = [service.world.agentToken(), service.world.agentToken()];
    await service.start({ idempotency_key: "one", subject_token: one });
    await service.start({ idempotency_key: "another", subject_token: another });
    service.world.pass(11);
    expect(await service.exchange({ idempotency_key: "another", subject_token: one })).toMatchObject({
      body: { code: "token_replayed" },
    });
  });

  it("the same signing input is the same token, where there is no jti", async () => {
    const service = serve();
    const token = service.world.agentToken({ jti: undefined });
    await service.start({ subject_token: token });
    expect(await service.exchange({ subject_token: token })).toMatchObject({ body: { code: "token_replayed" } });
  });

  it("an issuer with a window lets a token be used as often as its cap allows, and no more", async () => {
    const service = serve();
    service.world.addAgent({ id: "demo", bindings: [{ issuer: "mesh", claims: { sub: "spiffe://mesh/demo" } }] });
    const token = mesh(service, "mesh-1");
    const codes = [];
    for (let use = 0; use < 3; use += 1) codes.push((await service.exchange({ subject_token: token })).body.code);
    expect(codes).toEqual([undefined, undefined, "token_replayed"]);
  });

  it("a denied request leaves the token unused: nothing was given for it", async () => {
    const service = serve();
    const token = service.world.agentToken();
    const denied = { authorization_details: '[{"type":"tool","server":"tickets","tools":["delete"]}]' };
    expect(await service.exchange({ ...denied, subject_token: token })).toMatchObject({ status: 403 });
    expect(await service.exchange({ subject_token: token })).toMatchObject({ status: 200 });
  });
});

describe("a request that failed and was withdrawn may be tried again under its key", () => {
  it("as a new task in the place of the withdrawn one", async () => {
    const service = serve();
    service.world.addAgent({ id: "demo", limits: { liveTasks: 1, taskSeconds: 900 } });
    const blocking = await service.start();
    expect(await service.exchange(KEY)).toMatchObject({ status: 429, body: { code: "too_many_tasks" } });
    await service.complete(blocking);
    const answer = await service.exchange(KEY);
    expect(answer).toMatchObject({ status: 200 });
    expect((await service.start(KEY)).id).toBe(answer.body.task?.id);
  });
});
