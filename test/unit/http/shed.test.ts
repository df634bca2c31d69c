import { describe, expect, it } from "vitest";
import { Admission } from "../../../functions/core/admission.ts";
import type { HttpAnswer, HttpEvent } from "../../../functions/http/event.ts";
import { shedding } from "../../../functions/http/shed.ts";
import { httpEvent } from "../../fakes/world/world.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const DONE: HttpAnswer = { statusCode: 200, headers: {}, body: "done" };
const CREDENTIALS = "GET /v1/tasks/{task}/credentials/{lease}";

/** A function whose every request waits until it is let go. */
function stage() {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const pauses: { readonly ms: number; readonly end: () => void }[] = [];
  const pause = (ms: number): Promise<void> => new Promise((end) => pauses.push({ ms, end }));
  const work = async (): Promise<HttpAnswer> => {
    begun += 1;
    await promise;
    return DONE;
  };
  const ports = {
    clock: { nowMs: () => NOW_MS },
    log: { write: (line: object) => void lines.push({ ...line }) },
    pause,
  };
  const paths = shedding(
    { "POST /v1/token": work, [CREDENTIALS]: work, "POST /v1/revoke": work },
    new Admission(),
    ports,
  );
  const send = (route: keyof typeof paths, waitedMs?: number): Promise<HttpAnswer> => {
    const event: HttpEvent = httpEvent(route);
    const timeEpoch = waitedMs === undefined ? undefined : NOW_MS - waitedMs;
    const path = paths[route];
    if (!path) throw new Error(`no ${route}`);
    return path({ ...event, requestContext: { ...event.requestContext, timeEpoch } });
  };
  /** Ends the time of all requests that wait for a place. */
  const tire = async (): Promise<readonly number[]> => {
    for (const { end } of pauses) end();
    return pauses.splice(0).map(({ ms }) => ms);
  };
  return { send, lines, begun: () => begun, letGo: resolve, tire };
}

describe("more than is answered in time", () => {
  it("waits its turn, and is answered once there is room", async () => {
    const { send, begun, letGo } = stage();
    const all = Array.from({ length: 20 }, () => send("POST /v1/token", 0));
    await Promise.resolve();
    expect(begun()).toBe(8);
    letGo();
    expect((await Promise.all(all)).map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
  });

  it("is refused at once where as many wait already as may", async () => {
    const { send, letGo } = stage();
    const first = Array.from({ length: 8 + 32 }, () => send("POST /v1/token", 0));
    expect((await send("POST /v1/token", 0)).statusCode).toBe(503);
    letGo();
    await Promise.all(first);
  });

  it("is refused after a moment, with Retry-After, and nothing is begun; whoever comes again finds a place", async () => {
    const { send, lines, begun, letGo, tire } = stage();
    const first = Array.from({ length: 8 }, () => send("POST /v1/token", 0));
    const waiting = Array.from({ length: 6 }, () => send("POST /v1/token", 0));
    expect(await tire()).toEqual(Array(6).fill(2_000));
    const others = await Promise.all(waiting);
    expect(others.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(503));
    expect(JSON.parse(others[0]?.body ?? "")).toMatchObject({ error: "temporarily_unavailable", code: "overloaded" });
    // Spread out, so that they do not all come again at the same moment.
    expect(new Set(others.map(({ headers }) => headers["retry-after"]))).toEqual(new Set(["1", "2", "3"]));
    expect(begun()).toBe(8);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ event: "refused", code: "overloaded", why: "at most 8 at a time" });
    letGo();
    await Promise.all(first);
    expect(await send("POST /v1/token", 0)).toEqual(DONE);
  });

  it("answers an AWS SDK in its own words", async () => {
    const { send, letGo, tire } = stage();
    const first = Array.from({ length: 8 }, () => send(CREDENTIALS));
    const refused = send(CREDENTIALS);
    expect(await tire()).toEqual([300]);
    const answer = await refused;
    expect(JSON.parse(answer.body)).toMatchObject({
      Code: "overloaded",
      Message: expect.stringMatching(/Retry-After/),
    });
    letGo();
    await Promise.all(first);
  });

  it("blocks nobody from ending what it has", async () => {
    const { send, letGo } = stage();
    const first = Array.from({ length: 8 }, () => send("POST /v1/token"));
    const ending = send("POST /v1/revoke", 60_000);
    letGo();
    expect(await ending).toEqual(DONE);
    await Promise.all(first);
  });
});

describe("a request that has waited for longer than its caller does", () => {
  it.each([
    ["POST /v1/token", 8_999, 200],
    ["POST /v1/token", 9_000, 503],
    [CREDENTIALS, 4_999, 200],
    [CREDENTIALS, 5_000, 503],
  ] as const)("%s, after %d ms: %d", async (route, waitedMs, status) => {
    const { send, begun, letGo } = stage();
    letGo();
    expect((await send(route, waitedMs)).statusCode).toBe(status);
    expect(begun()).toBe(status === 200 ? 1 : 0);
  });
});
