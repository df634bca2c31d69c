import { readFileSync } from "node:fs";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CredentialCache } from "../../../client/credentials/credential-cache.ts";
import { type Endpoint, openEndpoint } from "../../../client/credentials/credential-endpoint.ts";
import { CANARY, credential } from "./fake-valetkey.ts";

const first = credential(0, 900);
let endpoint: Endpoint;
beforeAll(async () => {
  const cache = (renew: () => Promise<never>, seconds = 900) =>
    new CredentialCache({ first: credential(0, seconds), taskExpiresAtMs: Date.now() + 3_600_000, renew });
  const broken = cache(async () => Promise.reject(new Error(CANARY.taskToken)), 0);
  endpoint = await openEndpoint(
    new Map([
      ["aws-0", new CredentialCache({ first, taskExpiresAtMs: 0, renew: async () => ({ kind: "unreachable" }) })],
      ["aws-1", broken],
    ]),
  );
});
afterAll(() => endpoint.close());

/** A bare request, since fetch() would not let us choose the Host. */
function ask(
  changes: { name?: string; method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const { name = "aws-0", method = "GET", headers = {} } = changes;
    request(
      endpoint.uri(name),
      // The path unchanged: a URL would resolve its climbing.
      { method, path: `/${name}`, headers: { authorization: endpoint.token, ...headers } },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, body: text === "" ? undefined : JSON.parse(text) });
      },
    )
      .on("error", reject)
      .end();
  });
}

describe("the credentials endpoint", () => {
  it("answers the four fields of the container protocol", async () => {
    expect(await ask()).toEqual({ status: 200, body: first });
  });

  it("is on loopback, at a port of its own, with 256 random bits as its token", () => {
    expect(endpoint.uri("aws-0")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/aws-0$/);
    expect(Buffer.from(endpoint.token, "base64url")).toHaveLength(32);
  });

  it.each([
    ["no token", { headers: { authorization: "" } }, 401],
    ["a wrong token", { headers: { authorization: "x".repeat(43) } }, 401],
    ["the token behind Bearer", { headers: { authorization: `Bearer ${"x".repeat(43)}` } }, 401],
    ["a name that leads here (DNS rebinding)", { headers: { host: "evil.example.com" } }, 403],
    ["localhost, which a page can be served from", { headers: { host: "localhost" } }, 403],
    ["a POST", { method: "POST" }, 405],
    ["a PUT", { method: "PUT" }, 405],
    ["a DELETE", { method: "DELETE" }, 405],
    ["a token in two parts", { headers: { authorization: "x,y" } }, 401],
    ["a path that climbs", { name: "../aws-0" }, 404],
    ["a path that climbs, encoded", { name: "%2e%2e/aws-0" }, 404],
    ["two slashes", { name: "/aws-0" }, 404],
    ["the name of something that every object has", { name: "constructor" }, 404],
    ["no name", { name: "" }, 404],
    ["an OPTIONS, which a browser sends first", { method: "OPTIONS" }, 405],
    ["another name", { name: "aws-7" }, 404],
    ["a query", { name: "aws-0?x=1" }, 404],
  ])("refuses %s", async (_, changes, status) => {
    const reply = await ask(changes);
    expect(reply).toEqual({ status, body: { Code: expect.any(String), Message: expect.any(String) } });
  });

  it.each(["evil.example.com", "localhost", "[::1]", "127.0.0.1.evil.example.com", "0"])(
    "refuses the name %s with its own port, as a browser sends it after DNS rebinding",
    async (name) => {
      const { port } = new URL(endpoint.uri("aws-0"));
      expect(await ask({ headers: { host: `${name}:${port}` } })).toMatchObject({ status: 403 });
      expect(await ask({ headers: { host: `127.0.0.1:${port}` } })).toMatchObject({ status: 200 });
    },
  );

  it("answers nothing to a HEAD, and nothing to headers of a size that nobody needs", async () => {
    expect(await ask({ method: "HEAD" })).toEqual({ status: 405, body: undefined });
    expect(await ask({ headers: { "x-padding": "x".repeat(20_000) } })).toEqual({ status: 431, body: undefined });
  });

  it.runIf(process.platform === "linux")("listens on 127.0.0.1 and nowhere else", () => {
    const port = Number(new URL(endpoint.uri("aws-0")).port)
      .toString(16)
      .toUpperCase()
      .padStart(4, "0");
    // Local address and port of every socket that listens (state 0A), IPv4 and IPv6; the address is little-endian.
    const listening = ["tcp", "tcp6"].flatMap((table) =>
      [...readFileSync(`/proc/net/${table}`, "utf8").matchAll(/^ +\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /gm)]
        .filter(([, , of]) => of === port)
        .map(([, address]) => address),
    );
    expect(listening).toEqual(["0100007F"]);
  });

  it("reveals nothing of what went wrong inside", async () => {
    const reply = await ask({ name: "aws-1" });
    expect(reply.status).toBe(500);
    expect(JSON.stringify(reply)).not.toContain("CANARY");
  });
});
