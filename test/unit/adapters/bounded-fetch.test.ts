import { afterAll, beforeAll, expect, it } from "vitest";
import { boundedFetch, isTlsOrLoopback } from "../../../functions/adapters/http/bounded-fetch.ts";
import { retryAfter } from "../../../functions/adapters/http/retry-after.ts";
import { scripted } from "../../loopback-server.ts";

let server: Awaited<ReturnType<typeof scripted>>;
beforeAll(async () => {
  server = await scripted(({ path }) => {
    if (path === "/moved") return { status: 302, headers: { location: "/8" }, body: "" };
    return path === "/none" ? { status: 204, body: "" } : { status: 200, body: "x".repeat(Number(path.slice(1))) };
  });
});
afterAll(() => server.close());

it("an answer is read to its last byte, and none that is larger than allowed", async () => {
  const fetch = boundedFetch(8);
  expect(await (await fetch(`${server.url}/8`, {})).text()).toBe("xxxxxxxx");
  await expect(fetch(`${server.url}/9`, {})).rejects.toMatchObject({ name: "OversizedError" });
  expect((await fetch(`${server.url}/none`, {})).status).toBe(204);
});

it("a redirect of a server is not followed, whatever the caller's options", async () => {
  const before = server.asked.length;
  expect((await boundedFetch(8)(`${server.url}/moved`, { redirect: "follow" })).status).toBe(302);
  expect(server.asked.length).toBe(before + 1);
});

it.each([
  [true, "https://example.com/a"],
  [true, "http://127.0.0.1:1/a"],
  [true, "http://localhost/a"],
  [true, "http://[::1]:1/a"],
  [false, "http://example.com/a"],
  [false, "http://127.0.0.1.example.com/a"],
  [false, "http://127.0.0.1@example.com/a"],
  [false, "file:///etc/passwd"],
  [false, "/a"],
])("isTlsOrLoopback returns %s for %s", (expected, url) => {
  expect(isTlsOrLoopback(url)).toBe(expected);
});

it.each<[number, string | undefined, number]>([
  [7, "7", 60],
  [1, "0", 60],
  [3_600, "99999999", 60],
  [30, "Fri, 15 Jan 2027 08:00:30 GMT", 60],
  [1, "Fri, 15 Jan 2027 07:00:00 GMT", 60],
  [60, "soon", 60],
  [60, undefined, 60],
  [3_600, undefined, 1e9],
])("it is repeated after %i seconds where Retry-After is %s and the default is %i", (expected, text, otherwise) => {
  const headers = new Headers(text === undefined ? {} : { "retry-after": text });
  expect(retryAfter(headers, Date.UTC(2027, 0, 15, 8), otherwise)).toBe(expected);
});
