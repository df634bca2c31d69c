import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CredentialCache } from "../../../client/credential-cache.ts";
import { type Endpoint, openEndpoint } from "../../../client/credential-endpoint.ts";
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
      { method, headers: { authorization: endpoint.token, ...headers } },
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
    ["an OPTIONS, which a browser sends first", { method: "OPTIONS" }, 405],
    ["another name", { name: "aws-7" }, 404],
    ["a query", { name: "aws-0?x=1" }, 404],
  ])("refuses %s", async (_, changes, status) => {
    const reply = await ask(changes);
    expect(reply).toEqual({ status, body: { Code: expect.any(String), Message: expect.any(String) } });
  });

  it("says nothing of what went wrong inside", async () => {
    const reply = await ask({ name: "aws-1" });
    expect(reply.status).toBe(500);
    expect(JSON.stringify(reply)).not.toContain("CANARY");
  });
});
