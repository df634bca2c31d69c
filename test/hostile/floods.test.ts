import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../contract/limits.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { HttpAnswer } from "../../functions/http/event.ts";
import { exchangeForm } from "../fakes/world/world.ts";
import { call, ROUTE_KEYS } from "./call.ts";
import { FLOOD, flood, open } from "./flood.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { openedTask, serverToken } from "./opened-task.ts";
import { traces } from "./traces.ts";

const PER_MINUTE = DEFAULT_LIMITS.tasksPerMinute;

/** Opens a task and ends it, so that the limit of live tasks is never reached. */
async function openAndEnd(world: HostileWorld, token = world.mint()): Promise<HttpAnswer> {
  const opened = await open(world, token);
  const { access_token } = JSON.parse(opened.body);
  if (access_token) await call("POST /v1/revoke", world.ports, { form: { token: access_token } });
  return opened;
}

describe("a flood of strangers", () => {
  it.each(ROUTE_KEYS)("causes no write at %s, in whatever form the strangers send it", async (route) => {
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

describe("an agent that floods the exchange", () => {
  it("gets its tasks of a minute, then 429 with the time to wait, and may continue the next minute", async () => {
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

  it("causes no session and no write once its limit is known, and leaves no task behind", async () => {
    const world = hostileWorld();
    await flood(PER_MINUTE, () => openAndEnd(world));
    const before = traces(world);
    // One request discovers the limit. The task is opened at the same time as the count, and withdrawn.
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

  it("may have another limit in its registration", async () => {
    const world = hostileWorld();
    world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, tasksPerMinute: 2 } });
    expect(await flood(5, () => openAndEnd(world))).toEqual({ 200: 2, too_many_requests: 3 });
  });

  it("cannot cause more STS calls by showing a used token, or by repeating a request", async () => {
    const world = hostileWorld();
    const token = world.mint();
    await open(world, token);
    await flood(FLOOD, () => open(world, token));
    const form = { ...exchangeForm(world.mint()), idempotency_key: "again" };
    await flood(FLOOD, () => call("POST /v1/token", world.ports, { form }));
    expect(world.ports.sessions.asked.length).toBeLessThanOrEqual(PER_MINUTE + 1);
  });

  it("cannot cause more STS calls by having as many tasks as it may", async () => {
    const world = hostileWorld();
    await flood(FLOOD, () => open(world));
    expect(world.ports.tasks.live.get("demo")?.size).toBe(DEFAULT_LIMITS.liveTasks);
    expect(world.ports.sessions.asked.length).toBeLessThanOrEqual(PER_MINUTE + 1);
  });

  it("gets 503 while its tasks cannot be counted, and the task is withdrawn", async () => {
    const world = hostileWorld();
    world.ports.rateLimits.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect(await open(world)).toMatchObject({ statusCode: 503 });
    expect(world.ports.tasks.live.get("demo")?.size).toBe(0);
  });
});
