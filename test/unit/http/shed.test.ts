import { describe, expect, it } from "vitest";
import { httpEvent } from "../../../fakes/fake-world.ts";
import { Admission } from "../../../functions/core/admission.ts";
import type { HttpAnswer, HttpEvent } from "../../../functions/http/event.ts";
import { shedding } from "../../../functions/http/shed.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const DONE: HttpAnswer = { statusCode: 200, headers: {}, body: "done" };
const CREDENTIALS = "GET /v1/tasks/{task}/credentials/{lease}";

/** A function whose every request waits until it is let go. */
function stage() {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  const work = async (): Promise<HttpAnswer> => {
    begun += 1;
    await promise;
    return DONE;
  };
  const ports = { clock: { nowMs: () => NOW_MS }, log: { write: (line: object) => void lines.push({ ...line }) } };
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
  return { send, lines, begun: () => begun, letGo: resolve };
}

describe("more than is answered in time", () => {
  it("is refused at once, with Retry-After, and nothing is begun; whoever comes again finds a place", async () => {
    const { send, lines, begun, letGo } = stage();
    const first = Array.from({ length: 8 }, () => send("POST /v1/token", 0));
    const others = await Promise.all(Array.from({ length: 6 }, () => send("POST /v1/token", 0)));
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
    const { send, letGo } = stage();
    const first = Array.from({ length: 8 }, () => send(CREDENTIALS));
    const answer = await send(CREDENTIALS);
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
