import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { type Answer, accessKeysIn, FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

// In every world, after each test: the journal's chains have no gap (I7).
watchWorlds();

const READS = {
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/a"],
};
const BOTH = { authorization_details: JSON.stringify([READS, { type: "tool", server: "tickets", tools: ["search"] }]) };
const KEY = { idempotency_key: "run-42" };

/** Every call takes a turn of its own, so that what is begun at once runs at once. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const serviceOf = (world: FakeWorld, ports: FakeWorld["ports"] = world.ports): FakeService => {
  const taking = aroundCalls(ports, async (_, run) => {
    await turn();
    return run();
  });
  return new FakeService(world, { ...taking, pause: turn });
};
/** Another process of the exchange: it shares the record, and no memory. */
const elsewhere = (world: FakeWorld): FakeService =>
  serviceOf(world, { ...world.ports, recent: { find: () => undefined, keep: () => undefined } } as FakeWorld["ports"]);

const times = <T>(count: number, one: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => one(index)));
const statuses = (answers: readonly Answer[]) => answers.map(({ status, body }) => body.code ?? status);
const all = (count: number) => Array.from({ length: count }, () => 200);
const eventsOf = ({ ports }: FakeWorld, { id }: Held) =>
  ports.tasks.events.filter(({ of }) => of === id).map(({ type }) => type);

describe("simultaneous requests for one task are granted at the first try", () => {
  it("ten delegation tokens", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const held = await service.start();
    const answers = await times(10, () => service.delegate(held.token));
    expect(statuses(answers)).toEqual(all(10));
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(10);
    expect(world.ports.tasks.tasks.get(held.id)?.delegations).toHaveLength(10);
  });

  it("ten presentation tokens, and the eleventh is one too many", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const held = await service.start(BOTH);
    const answers = await times(11, () => service.present(held.token));
    expect(statuses(answers).sort()).toEqual([...all(10), "too_many_tokens"]);
  });

  it("ten children, each with its own delegation", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const held = await service.start();
    const tokens = await times(10, () => service.delegation(held));
    expect(statuses(await times(10, (index) => service.exchangeDelegation(tokens[index] ?? "")))).toEqual(all(10));
  });

  it("ten renewals, which are one session of AWS", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const held = await service.start();
    world.pass(11);
    const answers = await times(10, () => service.renew(held));
    expect(statuses(answers)).toEqual(all(10));
    expect(new Set(answers.flatMap(({ body }) => accessKeysIn(body))).size).toBe(1);
    expect(eventsOf(world, held)).toEqual(["task.opened", "lease.renewed"]);
  });

  it("tokens given back beside tokens given", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const held = await service.start(BOTH);
    const first = await times(5, () => service.present(held.token));
    const [removed, given] = await Promise.all([
      times(5, (index) => service.revoke(first[index]?.body.access_token ?? "")),
      times(5, () => service.present(held.token)),
    ]);
    expect(statuses([...removed, ...given])).toEqual(all(10));
    expect(world.ports.tasks.tasks.get(held.id)?.presentations).toHaveLength(5);
  });
});

describe("ten repeats of one request at the same moment are one task, and each is answered", () => {
  it("in one process, with one session", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const answers = await times(10, () => service.exchange(KEY));
    expect(statuses(answers)).toEqual(all(10));
    expect(world.ports.tasks.tasks.size).toBe(1);
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(10);
    expect(new Set(answers.flatMap(({ body }) => accessKeysIn(body))).size).toBe(1);
  });

  it("in ten processes, one after the other with a session of its own", async () => {
    const world = fakeWorld();
    const answers = await times(10, () => elsewhere(world).exchange(KEY));
    expect(statuses(answers)).toEqual(all(10));
    expect(world.ports.tasks.tasks.size).toBe(1);
    expect(new Set(answers.flatMap(({ body }) => accessKeysIn(body))).size).toBe(10);
  });

  it("where the first of them fails and is withdrawn, the others are one task all the same", async () => {
    const world = fakeWorld();
    const { sessions } = world.ports;
    let calls = 0;
    const failing = {
      isBusy: () => false,
      assume: async (request: Parameters<typeof sessions.assume>[0]) => {
        calls += 1;
        if (calls === 1) throw new Refusal("sts_unavailable");
        return sessions.assume(request);
      },
    };
    const service = serviceOf(world, { ...world.ports, sessions: failing } as FakeWorld["ports"]);
    const answers = await times(5, () => service.exchange(KEY));
    expect(statuses(answers).sort()).toEqual([...all(4), "sts_unavailable"]);
    const live = [...world.ports.tasks.tasks.values()].filter(({ status }) => status === "active");
    expect(live).toHaveLength(1);
  });

  it("has so many tokens as a task may have, and no more", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const answers = await times(20, () => service.exchange(KEY));
    expect(statuses(answers).filter((each) => each === 200)).toHaveLength(16);
    expect(statuses(answers).filter((each) => each !== 200)).toEqual(Array(4).fill("too_many_tokens"));
  });
});

describe("an ending among many changes", () => {
  const endings = {
    "the holder's": (service: FakeService, held: Held) => service.complete(held),
    "an operator's": (service: FakeService, held: Held) => service.endTask(held.id),
  };
  it.each(Object.entries(endings))("is done at the first try, and nothing is given after it: %s", async (_, end) => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const held = await service.start({ ...BOTH, ...KEY });
    world.pass(11);
    const [ended, ...others] = await Promise.all([
      end(service, held),
      times(10, () => service.delegate(held.token)),
      times(10, () => service.present(held.token)),
      times(5, () => service.renew(held)),
      times(5, () => service.exchange({ ...BOTH, ...KEY })),
    ]);
    expect(ended.status).toBe(200);
    const codes = new Set(statuses(others.flat()));
    for (const each of codes) expect([200, "task_ended"]).toContain(each);
    expect(eventsOf(world, held).at(-1)).toBe("task.ended");
    expect(world.ports.tasks.tasks.get(held.id)?.status).not.toBe("active");
  });
});

describe("a task that never comes to rest", () => {
  it("is given up as contended, after bounded attempts", async () => {
    const world = fakeWorld();
    const service = serviceOf(world);
    const held = await service.start();
    let attempts = 0;
    world.ports.tasks.before = (method) => {
      if (method !== "addDelegation") return;
      attempts += 1;
      throw new Refusal("contended");
    };
    expect(await service.delegate(held.token)).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(attempts).toBe(40);
  });

  it("is given up after three seconds", async () => {
    const world = fakeWorld();
    const held = await serviceOf(world).start();
    let attempts = 0;
    world.ports.tasks.before = (method) => {
      if (method !== "addDelegation") return;
      attempts += 1;
      throw new Refusal("contended");
    };
    const slow = new FakeService(world, { ...world.ports, pause: async () => world.pass(1) });
    expect(await slow.delegate(held.token)).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(attempts).toBe(4);
  });
});
