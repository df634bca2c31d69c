import { describe, expect, it } from "vitest";
import { RATE_LIMITS } from "../../contract/limits.ts";
import type { HttpAnswer } from "../../functions/http/event.ts";
import { exchangeForm } from "../fakes/world/world.ts";
import { call } from "./call.ts";
import { DENIED, FLOOD, flood, open, REFUSED } from "./flood.ts";
import { type HostileWorld, hostileWorld } from "./hostile-world.ts";
import { openedTask, presentationForm } from "./opened-task.ts";
import { traces } from "./traces.ts";

describe("a flood of refused requests", () => {
  it.each<readonly [string, (world: HostileWorld) => Promise<(index: number) => Promise<HttpAnswer>>]>([
    ["an agent that requests what policy denies", async (world) => () => open(world, world.mint(), DENIED)],
    [
      "an agent with one token, since a refusal does not use it up",
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
      "the holder of a task, by leases that do not exist",
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
      "the holder of a task, by invalid outcomes",
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
  ])("has a limited number of refusals written a minute, then gets 429 without a write: %s", async (_, prepare) => {
    const world = hostileWorld();
    const one = await prepare(world);
    const before = world.ports.tasks.events.length;
    const seen = await flood(REFUSED, one);
    expect(seen.too_many_requests).toBe(REFUSED - RATE_LIMITS.refusal);
    expect(world.ports.tasks.events.length - before).toBe(RATE_LIMITS.refusal);
    // The last request that was counted is the first beyond the limit. From then on the process remembers the limit.
    expect(world.ports.rateLimits.writes).toBeLessThanOrEqual(RATE_LIMITS.refusal + 3);
    expect(world.lines.at(-1)).toMatchObject({ event: "refused", code: "too_many_requests" });
  });

  it("starts no further task in that minute, while the tasks it has are renewed and ended as usual", async () => {
    const world = hostileWorld();
    const { task, taskToken } = await openedTask(world);
    await flood(REFUSED, () => open(world, world.mint(), DENIED));
    expect(await open(world)).toMatchObject({ statusCode: 429, headers: { "retry-after": "60" } });
    const lease = { authorization: taskToken, path: { task, lease: "aws-0" } };
    expect(await call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, lease)).toMatchObject({
      statusCode: 200,
    });
    world.pass(60);
    expect(await open(world)).toMatchObject({ statusCode: 200 });
    const done = { authorization: taskToken, path: { task }, json: { outcome: "success" } };
    expect(await call("POST /v1/tasks/{task}/complete", world.ports, done)).toMatchObject({ statusCode: 200 });
  });
});

/** Proofs of an agent that are no longer valid, as requests that anybody can make who has seen a proof. */
const STALE: readonly (readonly [string, (world: HostileWorld) => Promise<(index: number) => Promise<HttpAnswer>>])[] =
  [
    [
      "a used token, for a request that policy denies",
      async (world) => {
        const token = world.mint();
        await open(world, token);
        return () => open(world, token, DENIED);
      },
    ],
    [
      "a used token, for the request that used it",
      async (world) => {
        const token = world.mint();
        await open(world, token);
        return () => open(world, token);
      },
    ],
    [
      "a used token, under another key of idempotency each time",
      async (world) => {
        const token = world.mint();
        await open(world, token);
        return (index) =>
          call("POST /v1/token", world.ports, { form: { ...exchangeForm(token), idempotency_key: `k${index}` } });
      },
    ],
    [
      "a used token, for a child task",
      async (world) => {
        const token = world.mint();
        await open(world, token);
        const actor = { actor_token: token, actor_token_type: "urn:ietf:params:oauth:token-type:jwt" };
        const form = { ...exchangeForm("vkd_x"), subject_token_type: "urn:valetkey:token-type:delegation", ...actor };
        return () => call("POST /v1/token", world.ports, { form });
      },
    ],
    [
      "many used tokens in turn",
      async (world) => {
        const tokens = Array.from({ length: 20 }, () => world.mint());
        for (const token of tokens) {
          const { access_token: held } = JSON.parse((await open(world, token)).body);
          await call("POST /v1/revoke", world.ports, { form: { token: held } });
        }
        world.pass(60);
        return (index) => open(world, tokens[index % tokens.length]);
      },
    ],
    [
      "the token of an ended task, for a renewal",
      async (world) => {
        const { task, taskToken } = await openedTask(world);
        await call("POST /v1/revoke", world.ports, { form: { token: taskToken } });
        const path = { task, lease: "aws-0" };
        return () => call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, { authorization: taskToken, path });
      },
    ],
    [
      "the token of an ended task, for a presentation",
      async (world) => {
        const { taskToken } = await openedTask(world);
        await call("POST /v1/revoke", world.ports, { form: { token: taskToken } });
        return () => call("POST /v1/token", world.ports, { form: presentationForm(taskToken) });
      },
    ],
    [
      "the token of an ended task, to complete it by rubbish",
      async (world) => {
        const { task, taskToken } = await openedTask(world);
        await call("POST /v1/revoke", world.ports, { form: { token: taskToken } });
        return () =>
          call("POST /v1/tasks/{task}/complete", world.ports, { authorization: taskToken, path: { task }, json: {} });
      },
    ],
  ];

describe("a flood by somebody who has seen an agent's used tokens", () => {
  it.each(STALE)("does not hinder the agent: %s", async (_, prepare) => {
    const world = hostileWorld();
    const one = await prepare(world);
    await flood(FLOOD, one);
    expect(await open(world)).toMatchObject({ statusCode: 200 });
    expect(await open(world, world.mint(), DENIED)).toMatchObject({ statusCode: 403 });
    const { task, taskToken } = await openedTask(world);
    world.pass(11);
    const lease = { authorization: taskToken, path: { task, lease: "aws-0" } };
    expect(await call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, lease)).toMatchObject({
      statusCode: 200,
    });
  });

  it.each(STALE)("causes a limited number of writes and STS calls a minute: %s", async (_, prepare) => {
    const world = hostileWorld();
    const one = await prepare(world);
    const before = traces(world);
    await flood(FLOOD, one);
    const known = traces(world);
    expect(known.events - before.events).toBeLessThanOrEqual(RATE_LIMITS.stale);
    expect(known.sessions - before.sessions).toBeLessThanOrEqual(RATE_LIMITS.stale + 1);
    expect(world.ports.rateLimits.writes).toBeLessThanOrEqual(RATE_LIMITS.stale + 30);
    expect(await flood(FLOOD, one)).toEqual({ too_many_requests: FLOOD });
    expect(traces(world)).toEqual(known);
  });
});

describe("the holder of a task", () => {
  it("causes one STS call and one write in ten seconds for a lease", async () => {
    const world = hostileWorld();
    const { task, taskToken } = await openedTask(world);
    world.pass(11);
    const before = traces(world);
    let confirmed = 0;
    world.ports.tasks.before = (method) => {
      if (method === "confirm") confirmed += 1;
    };
    const path = { task, lease: "aws-0" };
    const seen = await flood(REFUSED, () =>
      call("GET /v1/tasks/{task}/credentials/{lease}", world.ports, { authorization: taskToken, path }),
    );
    expect(seen).toEqual({ 200: REFUSED });
    expect(traces(world)).toMatchObject({ sessions: before.sessions + 1, events: before.events + 1 });
    expect(confirmed).toBe(1);
  });

  it("cannot fill the journal by requesting and revoking presentation tokens", async () => {
    const world = hostileWorld();
    const { taskToken } = await openedTask(world);
    const before = world.ports.tasks.events.length;
    await flood(REFUSED, async () => {
      const presented = await call("POST /v1/token", world.ports, { form: presentationForm(taskToken) });
      const { access_token: token } = JSON.parse(presented.body);
      if (token) await call("POST /v1/revoke", world.ports, { form: { token } });
      return presented;
    });
    expect(world.ports.tasks.events.length - before).toBeLessThanOrEqual(2 * RATE_LIMITS.presentation);
  });

  it("has at most ten presentation tokens at a time", async () => {
    const world = hostileWorld();
    const { taskToken } = await openedTask(world);
    const seen = await flood(30, () => call("POST /v1/token", world.ports, { form: presentationForm(taskToken) }));
    expect(seen).toEqual({ 200: 9, too_many_tokens: 21 });
  });
});
