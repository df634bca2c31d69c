import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import type { StreamEvent } from "../../functions/relay/changes.ts";
import { relay } from "../../functions/relay/relay.ts";
import { FakeBus } from "../fakes/observed/bus.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import type { Held } from "../fakes/world/service.ts";
import { fakeWorld, policiesWithPermit } from "../fakes/world/world.ts";
import { API_KEY, CONTACTS, ConnectedWorld, ORDERS, planRecord, REPORTS } from "../harness/connected-world.ts";
import { recordOf } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const NOTHING = { logins: [], held: [], pendingRevocations: [] };

/** A world with a task whose deadlines are set. */
async function started(...details: readonly unknown[]) {
  return startedFor(900, ...details);
}
async function startedFor(seconds: number, ...details: readonly unknown[]) {
  const one = new ConnectedWorld({
    policies: policiesWithPermit("crm", "permit (principal, action, resource is Scope);"),
  });
  const held = await one.service.start({ ...one.ask(...details), task_ttl: String(seconds) });
  await one.relay();
  return { one, held };
}
const typesOf = (one: ConnectedWorld): readonly string[] => one.world.ports.tasks.events.map(({ type }) => type);
const statusOf = (one: ConnectedWorld, { id }: Held) => one.world.ports.tasks.tasks.get(id as never)?.status;

describe("a credential of a connector, at its task's deadline and before any sweep", () => {
  it.each([
    ["a login", ORDERS],
    ["a secret", API_KEY],
    ["a token", CONTACTS],
  ])("%s lives until the last second, and is then gone at once; the record has its revocation", async (_, detail) => {
    const { one, held } = await started(detail);
    one.world.pass(899);
    expect(await one.deadlines()).toBe(0);
    expect(one.remaining().pendingRevocations).toHaveLength(1);
    one.world.pass(1);
    expect(await one.deadlines()).toBe(1);
    expect([one.remaining(), one.oauth.live.size]).toEqual([NOTHING, 0]);
    expect(typesOf(one)).toEqual(["task.opened", "lease.revoked"]);
    expect(one.world.lines.at(-1)).toMatchObject({ event: "lease_revoked", late_seconds: 0 });
    expect(one.world.ports.deadlines.left).toEqual([]);
    // The task's own end is the sweep's, within the minute: whatever reads it takes it for ended already.
    expect(statusOf(one, held)).toBe("active");
    one.world.pass(60);
    await one.sweep();
    expect(statusOf(one, held)).toBe("expired");
    expect(one.world.ports.tasks.events.at(-1)?.facts.connector_leases).toEqual([]);
  });

  it("has a deadline of its own for each, and a session of AWS has none: it dies by its fence", async () => {
    const { one, held } = await started(ORDERS, API_KEY, REPORTS);
    const dueAt = one.world.nowSeconds() + 900;
    expect(one.world.ports.deadlines.sent).toEqual([
      { path: held.id, name: "postgres-0", dueAt },
      { path: held.id, name: "secret-1", dueAt },
    ]);
    const aws = await started(REPORTS);
    expect(aws.one.world.ports.deadlines.sent).toEqual([]);
  });

  it("of a task of twelve hours is looked at once on the way, and is gone to the second", async () => {
    const { one } = await startedFor(43_200, ORDERS);
    one.world.pass(900);
    expect(await one.deadlines()).toBe(1);
    expect(one.world.ports.deadlines.postponements).toEqual([42_300]);
    one.world.pass(42_299);
    expect(await one.deadlines()).toBe(0);
    expect(one.remaining().logins).toHaveLength(1);
    one.world.pass(1);
    expect(await one.deadlines()).toBe(1);
    expect(one.remaining()).toEqual(NOTHING);
    expect(one.world.ports.deadlines.left).toEqual([]);
  });

  it("below another task is gone with its own deadline, and its parent's stays", async () => {
    const { one, held } = await started(ORDERS);
    await one.service.startBelow(held, { ...one.ask(ORDERS), task_ttl: "60" });
    await one.relay();
    one.world.pass(60);
    await one.deadlines();
    expect(one.remaining().pendingRevocations).toEqual([`${held.id}#postgres-0`]);
  });

  it("that was issued anew is gone once, however many messages come", async () => {
    const one = new ConnectedWorld();
    const form = { ...one.ask(ORDERS), subject_token: one.world.agentToken(), idempotency_key: "once" };
    await one.service.exchange(form);
    one.world.pass(11);
    expect((await one.service.exchange(form)).status).toBe(200);
    await one.relay();
    expect(one.world.ports.deadlines.sent).toHaveLength(2);
    one.world.pass(889);
    expect(await one.deadlines()).toBe(2);
    expect(one.remaining()).toEqual(NOTHING);
    expect(typesOf(one).filter((type) => type === "lease.revoked")).toHaveLength(1);
  });

  it("is revoked once where the sweep ends its task in that very moment", async () => {
    const { one, held } = await started(ORDERS, API_KEY, CONTACTS);
    one.world.pass(900);
    await Promise.all([one.deadlines(), one.sweep()]);
    await one.relay();
    await Promise.all([one.revokeLeases(), one.sweep()]);
    expect([one.remaining(), one.oauth.live.size]).toEqual([NOTHING, 0]);
    expect(typesOf(one).toSorted()).toEqual([
      ...["lease.revoked", "lease.revoked", "lease.revoked"],
      ...["task.ended", "task.opened"],
    ]);
    expect(statusOf(one, held)).toBe("expired");
  });

  it("that went with its task long before is looked for in vain, and no provider is called", async () => {
    const { one, held } = await started(ORDERS);
    await one.service.complete(held);
    await one.relay();
    await one.revokeLeases();
    const statements = one.databases.statements.length;
    one.world.pass(900);
    expect(await one.deadlines()).toBe(1);
    expect(one.databases.statements).toHaveLength(statements);
    expect(one.world.ports.deadlines.left).toEqual([]);
  });
});

describe("a deadline that cannot be met", () => {
  it("because the provider does not answer is the sweep's from then on: one queue tries it again, and not two", async () => {
    const { one } = await started(ORDERS);
    one.databases.before = () => {
      throw new Refusal("connector_unavailable");
    };
    one.world.pass(900);
    await one.deadlines();
    expect(one.world.ports.deadlines.left).toEqual([]);
    expect(one.remaining().logins).toHaveLength(1);
    one.databases.before = () => undefined;
    one.world.pass(60);
    await one.sweep();
    await one.revokeLeases();
    expect(one.remaining()).toEqual(NOTHING);
    expect(one.world.lines.findLast(({ event }) => event === "lease_revoked")).toMatchObject({ late_seconds: 60 });
  });

  it("because the record cannot be reached is tried again", async () => {
    const { one } = await started(ORDERS);
    const { pendingRevocations } = one.world.ports.tasks;
    pendingRevocations.before = () => {
      throw new Refusal("store_unavailable");
    };
    one.world.pass(900);
    await one.deadlines();
    expect(one.world.ports.deadlines.left).toEqual([1]);
    pendingRevocations.before = () => undefined;
    one.world.pass(180);
    await one.deadlines();
    expect(one.remaining()).toEqual(NOTHING);
  });

  it("because it cannot be delayed comes again, and is met", async () => {
    const { one } = await startedFor(3_600, ORDERS);
    one.world.ports.deadlines.before = () => {
      throw new Error("unreachable");
    };
    one.world.pass(900);
    await one.deadlines();
    expect(one.remaining().logins).toHaveLength(1);
    one.world.ports.deadlines.before = () => undefined;
    one.world.pass(180);
    await one.deadlines();
    one.world.pass(2_520);
    await one.deadlines();
    expect(one.remaining()).toEqual(NOTHING);
  });

  it("because it was never set leaves the credential to the sweep, which is the floor", async () => {
    const one = new ConnectedWorld();
    await one.service.start(one.ask(ORDERS));
    one.world.pass(960);
    await one.sweep();
    await one.revokeLeases();
    expect(one.remaining()).toEqual(NOTHING);
  });
});

describe("a message in the queue of deadlines proves nothing", () => {
  it.each([
    ["early", (path: string) => ({ path, name: "postgres-0" })],
    ["early, and claims that it is due", (path: string) => ({ path, name: "postgres-0", dueAt: 0, notBefore: 0 })],
  ])("%s: a credential of a live task remains, and is gone in time all the same", async (_, forged) => {
    const { one, held } = await started(ORDERS);
    const { deadlines } = one.world.ports;
    for (let copy = 0; copy < 3; copy += 1) deadlines.put(JSON.stringify(forged(held.id)));
    expect(await one.deadlines()).toBe(3);
    expect(one.remaining().logins).toHaveLength(1);
    expect(deadlines.postponements).toEqual([900, 900, 900]);
    one.world.pass(900);
    await one.deadlines();
    expect(one.remaining()).toEqual(NOTHING);
    expect(deadlines.left).toEqual([]);
  });

  it("late, and of a task that is gone: nothing happens", async () => {
    const { one, held } = await started(ORDERS);
    one.world.pass(900);
    await one.deadlines();
    const before = one.world.ports.tasks.events.length;
    one.world.ports.deadlines.put(JSON.stringify({ path: held.id, name: "postgres-0" }));
    one.world.pass(86_400);
    await one.deadlines();
    expect(one.world.ports.tasks.events).toHaveLength(before);
    expect(one.world.ports.deadlines.left).toEqual([]);
  });

  it.each([
    ["another task's path", (path: string) => ({ path: path.replace(/./, "_"), name: "postgres-0" })],
    ["the path of a task that never was", () => ({ path: "k7f3m2q9x4ab.", name: "postgres-0" })],
    ["a lease that the task does not have", (path: string) => ({ path, name: "postgres-7" })],
    ["a lease of a session", (path: string) => ({ path, name: "aws-0" })],
    ["a name that is a key", (path: string) => ({ path, name: "postgres-0#EVENT#1" })],
    ["a pattern", (path: string) => ({ path: `${path.slice(0, 4)}*`, name: "*" })],
    ["lists", (path: string) => ({ path: [path], name: ["postgres-0"] })],
    ["nothing", () => null],
    ["a text", () => "postgres-0"],
  ])("with %s: it is taken out, and nothing else happens", async (_, forged) => {
    const { one, held } = await started(ORDERS);
    one.world.ports.deadlines.put(JSON.stringify(forged(held.id)));
    const before = one.remaining();
    expect(await one.deadlines()).toBe(1);
    expect(one.remaining()).toEqual(before);
    expect(one.world.ports.deadlines.postponements).toEqual([]);
    expect(one.world.ports.deadlines.left).toEqual([0]);
  });

  it("a message of the other queue is never delayed there: it would delay all of its task", async () => {
    const { one, held } = await started(ORDERS);
    expect(await one.revokeLeases([JSON.stringify({ path: held.id, name: "postgres-0" })])).toBe(0);
    expect([one.world.ports.deadlines.postponements, one.remaining().logins.length]).toEqual([[], 1]);
  });
});

describe("the relay sets a deadline", () => {
  const lease = {
    name: "postgres-0",
    type: "postgres",
    path: "k7f3m2q9x4ab." as never,
    detail: 0,
    state: "issuing",
    startedAt: 1,
    expiresAt: 901,
    made: {},
  } as const;
  const relayed = async (...Records: StreamEvent["Records"]) => {
    const { ports } = fakeWorld();
    await relay({ Records }, { ...ports, revocationQueue: new FakeRevocationQueue(), bus: new FakeBus() });
    return ports.deadlines.sent;
  };
  const changed = (eventName: string, change: object) => {
    const { dynamodb } = planRecord(eventName, lease);
    return { eventName, dynamodb: { ...dynamodb, ...change } };
  };

  it.each(["INSERT", "MODIFY"])("of what is planned, for the first time or anew (%s)", async (eventName) => {
    expect(await relayed(planRecord(eventName, lease))).toEqual([
      { path: "k7f3m2q9x4ab.", name: "postgres-0", dueAt: 901 },
    ]);
  });

  const { dynamodb: image } = planRecord("INSERT", lease);
  const rows: readonly (readonly [string, StreamEvent["Records"][number]])[] = [
    ["what was confirmed: its deadline is set", planRecord("MODIFY", { ...lease, state: "issued" })],
    ["a revoked credential", { ...planRecord("REMOVE", lease) }],
    ["another kind of item", changed("INSERT", { Keys: { pk: { S: "TASK#k7f3m2q9x4ab" } } })],
    ["an item without a time", changed("INSERT", { NewImage: { ...image?.NewImage, until: undefined } })],
    ["a time that is none", changed("INSERT", { NewImage: { ...image?.NewImage, until: { S: "soon" } } })],
    ["a path that is none", planRecord("INSERT", { ...lease, path: "x" as never })],
    ["an item without an image", { eventName: "INSERT", dynamodb: { Keys: { pk: { S: "REVOCATION#0" } } } }],
  ];
  it.each(rows)("no deadline is set for anything else: not of %s", async (_, record) => {
    expect(await relayed(record)).toEqual([]);
  });

  it("after it has queued the endings, and fails where it cannot, so that the batch is tried again", async () => {
    const { ports } = fakeWorld();
    const revocationQueue = new FakeRevocationQueue();
    ports.deadlines.before = () => {
      throw new Error("unreachable");
    };
    const role = { account: "111122223333", role: "valetkey-task-0" };
    const ending = { of: "a.", n: 1, type: "task.ended", at: 0, previous: "", hash: "", facts: { leases: [role] } };
    const records = [planRecord("INSERT", lease), recordOf(ending as never, 0)];
    const relaying = relay({ Records: records }, { ...ports, revocationQueue, bus: new FakeBus() });
    await expect(relaying).rejects.toThrow("unreachable");
    expect(revocationQueue.sent).toEqual([[role]]);
  });
});
