import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OidcIssuer, startOidcIssuer } from "../../../local/issuer/oidc-issuer.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
let agents: OidcIssuer;
let people: OidcIssuer;

beforeAll(async () => {
  const audience = "https://valetkey.example/exchange";
  agents = await startOidcIssuer({ port: 0, issuerPath: "/agents", audience, now: () => NOW });
  people = await startOidcIssuer({ port: 0, kind: "people", audience: "https://valetkey.example/operate" });
});
afterAll(() => Promise.all([agents.close(), people.close()]));

const get = async (url: string, accept = "*/*"): Promise<string> => (await fetch(url, { headers: { accept } })).text();

describe("GET /token", () => {
  it("gives an agent's token that verifies against the published keys", async () => {
    const token = (await get(`${agents.tokenUri}?agent=demo`)).trim();
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(agents.jwksUri)), {
      issuer: agents.issuer,
      audience: "https://valetkey.example/exchange",
      currentDate: new Date(NOW),
    });
    expect(payload).toMatchObject({ sub: "agent:demo", iat: NOW / 1000, exp: NOW / 1000 + 300 });
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("gives JSON to whoever requests JSON, and another audience to whoever names one", async () => {
    const answer = await get(`${agents.tokenUri}?agent=demo&audience=other`, "application/json");
    const { token } = JSON.parse(answer) as { token: string };
    expect(decodeJwt(token).aud).toBe("other");
  });

  it("gives a person's token with groups", async () => {
    const token = await get(`${people.tokenUri}?person=alice&groups=operators,sre`);
    expect(decodeJwt(token)).toMatchObject({ sub: "person:alice", groups: ["operators", "sre"] });
  });

  it.each([
    ["nobody's name", () => agents.tokenUri],
    ["a person at the agents' issuer", () => `${agents.tokenUri}?person=alice`],
    ["an agent at the people's issuer", () => `${people.tokenUri}?agent=demo`],
    ["a name with other characters", () => `${agents.tokenUri}?agent=a%20b`],
  ])("refuses %s", async (_what, url) => {
    expect((await fetch(url())).status).toBe(400);
  });
});

it("a name that only points to loopback gets nothing", async () => {
  const { request } = await import("node:http");
  const status = await new Promise((resolve, reject) => {
    const options = { headers: { host: "evil.example" } };
    request(`${agents.tokenUri}?agent=demo`, options, ({ statusCode }) => resolve(statusCode))
      .on("error", reject)
      .end();
  });
  expect(status).toBe(403);
});

it("describes itself at the well-known address", async () => {
  const text = await get(`${agents.issuer}/.well-known/openid-configuration`);
  expect(JSON.parse(text)).toMatchObject({ issuer: agents.issuer, jwks_uri: agents.jwksUri });
});

describe("for tests", () => {
  it("mints the given claims, and leaves out what is undefined", async () => {
    const token = await agents.mint(
      { sub: "x", exp: 1, jti: undefined },
      { alg: "RS256", header: { jku: "http://e" } },
    );
    expect(decodeJwt(token)).toEqual({
      sub: "x",
      exp: 1,
      iss: agents.issuer,
      aud: expect.any(String),
      iat: NOW / 1000,
    });
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: "RS256", jku: "http://e" });
    expect(decodeProtectedHeader(await agents.mint({}, { kid: "unknown" })).kid).toBe("unknown");
  });

  it("signs with a new key after rotation, and still shows the old one until it is withdrawn", async () => {
    const issuer = await startOidcIssuer({ port: 0, audience: "a" });
    const before = decodeProtectedHeader(await issuer.mint({})).kid ?? "";
    const after = await issuer.rotate();
    expect(decodeProtectedHeader(await issuer.mint({})).kid).toBe(after);
    expect(issuer.jwks().keys.map((key) => key.kid)).toEqual(expect.arrayContaining([before, after]));
    issuer.withdraw(before);
    expect(issuer.jwks().keys.map((key) => key.kid)).not.toContain(before);
    expect(decodeProtectedHeader(await issuer.mint({}, { kid: before })).kid).toBe(before);
    expect(() => issuer.withdraw("none")).toThrow("has no key none");
    await issuer.close();
  });
});
