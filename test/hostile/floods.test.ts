import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../functions/core/identity/agent.ts";
import { PACES } from "../../functions/core/pace.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { HttpAnswer } from "../../functions/http/event.ts";
import { ACCOUNT, exchangeForm } from "../fakes/fake-world.ts";
import { call, ROUTE_KEYS } from "./call.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { openedTask, presentationForm, serverToken } from "./opened-task.ts";
import { traces } from "./traces.ts";

const FLOOD = 300;
const PER_MINUTE = DEFAULT_LIMITS.tasksPerMinute;
const DENIED = [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-payroll/x"] },
];

/** The same thing again and again; how often each answer came. */
async function flood(count: number, one: (index: number) => Promise<HttpAnswer>): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const { statusCode, body } = await one(index);
    const name = statusCode < 300 ? String(statusCode) : JSON.parse(body).code;
    seen[name] = (seen[name] ?? 0) + 1;
  }
  return seen;
}

const open = (world: HostileWorld, token = world.mint(), details?: unknown): Promise<HttpAnswer> =>
  call("POST /v1/token", world.ports, { form: exchangeForm(token, details) });

/** Opens a task and ends it, so that the number of live tasks stands in nobody's way. */
async function openAndEnd(world: HostileWorld, token = world.mint()): Promise<HttpAnswer> {
  const opened = await open(world, token);
  const { access_token } = JSON.parse(opened.body);
  if (access_token) await call("POST /v1/revoke", world.ports, { form: { token: access_token } });
  return opened;
}

describe("a flood of strangers", () => {
  it.each(ROUTE_KEYS)("costs no write at %s, however they dress", async (route) => {
    const world = hostileWorld();
    const { task } = await openedTask(world);
    const before = traces(world);
    const dresses = [
      () => world.mint({ claims: { sub: "agent:nobody" } }),
      () => world.mint({ claims: { iss: "https://attacker.test" } }),
      () => serverToken(world, "agent:nobody"),
      () => world.mint({ issuer: "mesh", claims: { sub: "agent:demo", aud: "https://valetkey.test/operate" } }),
      () => `vk_${task}_${"A".repeat(43)}`,
      () => `vkp_${task}_${"A".repeat(43)}`,
      () => "",
      () => "x".repeat(20_000),
    ];
    await flood(dresses.length * 4, (index) => {
      const token = dresses[index % dresses.length]?.() ?? "";
      const form = { ...exchangeForm(token), token, client_assertion: token };
      return call(route, world.ports, {
        ...(index % 2 === 0 ? { form } : { json: { outcome: "success" } }),
        authorization: `Bearer ${token}`,
        path: { task, lease: "aws-0", agent: "demo" },
        query: "agent=demo",
      });
    });
    expect(traces(world)).toEqual(before);
  });
});

describe("an agent that is out of hand", () => {
  it("gets so many tasks a minute, then 429 with the time to wait; the next minute it may again", async () => {
    const world = hostileWorld();
    world.pass(20);
    expect(await flood(FLOOD, () => openAndEnd(world))).toEqual({
      200: PER_MINUTE,
      too_many_requests: FLOOD - PER_MINUTE,
    });
    expect(await open(world)).toMatchObject({ statusCode: 429, headers: { "retry-after": "40" } });
    world.pass(40);
    expect(await open(world)).toMatchObject({ statusCode: 200 });
  });

  it("costs no session and no write once it is known to be over, and leaves nothing behind", async () => {
    const world = hostileWorld();
    await flood(PER_MINUTE, () => openAndEnd(world));
    const before = traces(world);
    // One finds out: it is opened beside the count, and taken back.
    expect(await flood(1, () => open(world))).toEqual({ too_many_requests: 1 });
    expect(world.ports.tasks.live.get("demo")?.size).toBe(0);
    const known = traces(world);
    expect(known.sessions).toBe(before.sessions + 1);
    expect([...world.ports.tasks.tasks.values()].at(-1)).toMatchObject({ status: "withdrawn" });
    await flood(FLOOD, () => open(world));
    expect(traces(world)).toEqual(known);
  });

  it("does not crowd out another agent", async () => {
    const world = hostileWorld();
    await flood(FLOOD, () => openAndEnd(world));
    expect(await open(world, world.mint({ issuer: "svid" }))).toMatchObject({ statusCode: 200 });
  });

  it("may have another rate in its registration", async () => {
    const world = hostileWorld();
    world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, tasksPerMinute: 2 } });
    expect(await flood(5, () => openAndEnd(world))).toEqual({ 200: 2, too_many_requests: 3 });
  });

  it("cannot have STS called more often by showing a used token, or by repeating a request", async () => {
    const world = hostileWorld();
    const token = world.mint();
    await open(world, token);
    await flood(FLOOD, () => open(world, token));
    const form = { ...exchangeForm(world.mint()), idempotency_key: "again" };
    await flood(FLOOD, () => call("POST /v1/token", world.ports, { form }));
    expect(world.ports.sessions.asked.length).toBeLessThanOrEqual(PER_MINUTE + 1);
  });

  it("cannot have STS called more often by having as many tasks as it may", async () => {
    const world = hostileWorld();
    await flood(FLOOD, () => open(world));
    expect(world.ports.tasks.live.get("demo")?.size).toBe(DEFAULT_LIMITS.liveTasks);
    expect(world.ports.sessions.asked.length).toBeLessThanOrEqual(PER_MINUTE + 1);
  });

  it("gets nothing while its tasks cannot be counted: an outage, and the task is taken back", async () => {
    const world = hostileWorld();
    world.ports.paces.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect(await open(world)).toMatchObject({ statusCode: 503 });
    expect(world.ports.tasks.live.get("demo")?.size).toBe(0);
  });
});

describe("a collector of refusals", () => {
  it.each<readonly [string, (world: HostileWorld) => Promise<(index: number) => Promise<HttpAnswer>>]>([
    ["an agent that asks for what policy denies", async (world) => () => open(world, world.mint(), DENIED)],
    [
      "an agent that asks with one token, since a refusal does not use it up",
      async (world) => {
        const token = world.mint();
        return () => open(world, token, DENIED);
      },
    ],
    [
      "a suspended agent",
      async (world) => {
        world.addAgent({ id: "demo", status: "suspended" });
        return () => open(world);
      },
    ],
    [
      "the holder of an ended task",
      async (world) => {
        const { task, taskToken } = await openedTask(world);
        await call("POST /v1/revoke", world.ports, { form: { token: taskToken } });
        const path = { task, lease: "aws-0" };
        return () => call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, { authorization: taskToken, path });
      },
    ],
    [
      "the holder of a task, by leases that are not there",
      async (world) => {
        const { task, taskToken } = await openedTask(world);
        return (index) =>
          call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, {
            authorization: taskToken,
            path: { task, lease: `aws-${index + 1}` },
          });
      },
    ],
    [
      "the holder of a task, by outcomes that are none",
      async (world) => {
        const { task, taskToken } = await openedTask(world);
        return () =>
          call("POST /v1/tasks/{task}/complete", world.ports, { authorization: taskToken, path: { task }, json: {} });
      },
    ],
    [
      "the holder of a task, by servers that it may not call",
      async (world) => {
        const { taskToken } = await openedTask(world);
        return () => call("POST /v1/token", world.ports, { form: presentationForm(taskToken, "payroll") });
      },
    ],
    [
      "a person whom no policy names",
      async (world) => () =>
        call("GET /v1/agents", world.ports, {
          authorization: world.mint({
            issuer: "staff",
            claims: { sub: "mallory", aud: "https://valetkey.test/operate" },
          }),
        }),
    ],
  ])("has so many written a minute, then 429 and nothing: %s", async (_, prepare) => {
    const world = hostileWorld();
    const one = await prepare(world);
    const before = world.ports.tasks.events.length;
    const seen = await flood(FLOOD, one);
    expect(seen.too_many_requests).toBe(FLOOD - PACES.refusal);
    expect(world.ports.tasks.events.length - before).toBe(PACES.refusal);
    // The last one that was counted was the one too many; from then on it is known.
    expect(world.ports.paces.writes).toBeLessThanOrEqual(PACES.refusal + 3);
    expect(world.lines.at(-1)).toMatchObject({ event: "refused", code: "too_many_requests" });
  });

  it("is not kept from its own work by its refusals", async () => {
    const world = hostileWorld();
    await flood(FLOOD, () => open(world, world.mint(), DENIED));
    expect(await open(world)).toMatchObject({ statusCode: 200 });
  });
});

describe("the holder of a task", () => {
  it("has STS called once in ten seconds for a lease, and the record written as often", async () => {
    const world = hostileWorld();
    const { task, taskToken } = await openedTask(world);
    world.pass(11);
    const before = traces(world);
    let confirmed = 0;
    world.ports.tasks.before = (method) => {
      if (method === "confirm") confirmed += 1;
    };
    const path = { task, lease: "aws-0" };
    const seen = await flood(FLOOD, () =>
      call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, { authorization: taskToken, path }),
    );
    expect(seen).toEqual({ 200: FLOOD });
    expect(traces(world)).toMatchObject({ sessions: before.sessions + 1, events: before.events + 1 });
    expect(confirmed).toBe(1);
  });

  it("cannot fill the journal with presentation tokens that it asks for and gives back", async () => {
    const world = hostileWorld();
    const { taskToken } = await openedTask(world);
    const before = world.ports.tasks.events.length;
    await flood(FLOOD, async () => {
      const presented = await call("POST /v1/token", world.ports, { form: presentationForm(taskToken) });
      const { access_token: token } = JSON.parse(presented.body);
      if (token) await call("POST /v1/revoke", world.ports, { form: { token } });
      return presented;
    });
    expect(world.ports.tasks.events.length - before).toBeLessThan(PACES.presentation);
  });

  it("has ten presentation tokens at a time, and no more", async () => {
    const world = hostileWorld();
    const { taskToken } = await openedTask(world);
    const seen = await flood(30, () => call("POST /v1/token", world.ports, { form: presentationForm(taskToken) }));
    expect(seen).toEqual({ 200: 9, too_many_tokens: 21 });
  });
});
