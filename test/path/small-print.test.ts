import { describe, expect, it } from "vitest";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { ROUTES } from "../../functions/routes.ts";
import { FakeService } from "../fakes/world/service.ts";
import { DEPLOYMENT, fakeWorld, formEvent, httpEvent, unrouted } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const serve = () => new FakeService(fakeWorld());
const METADATA = "/.well-known/oauth-authorization-server";

describe("RFC 8414: the metadata", () => {
  it("name the algorithms of a tool server's assertion, as section 2 demands beside private_key_jwt", async () => {
    const issuers = DEPLOYMENT.issuers.map((issuer) =>
      issuer.name === "mesh" ? { ...issuer, algorithms: ["RS256", "ES256"] as const } : issuer,
    );
    const world = fakeWorld({ deployment: { ...DEPLOYMENT, issuers } });
    const { body } = await new FakeService(world).send(httpEvent(`GET ${METADATA}`));
    expect(body.introspection_endpoint_auth_methods_supported).toEqual(["private_key_jwt"]);
    expect(body.introspection_endpoint_auth_signing_alg_values_supported).toEqual(["ES256", "RS256"]);
  });

  it("name for whose people agents act, and where these consent, only where somebody can", async () => {
    const metadataOf = async (changed: Partial<Deployment> = {}) => {
      const world = fakeWorld({ deployment: { ...DEPLOYMENT, ...changed } });
      const { body } = await new FakeService(world).send(httpEvent(`GET ${METADATA}`));
      return [body.on_behalf_of_issuers_supported, body.consent_endpoint];
    };
    const changed = (issuer: Partial<Issuer>) => ({
      issuers: DEPLOYMENT.issuers.map((each) => (each.name === "staff" ? { ...each, ...issuer } : each)),
    });
    const staff = ["https://staff.test"];
    expect(await metadataOf()).toEqual([staff, `${DEPLOYMENT.url}/v1/consents`]);
    expect(await metadataOf(changed({ onBehalf: false }))).toEqual([[], undefined]);
    const approvals = { clientId: "c", freshness: "acr", tokenExchange: "browser" } as const;
    expect(await metadataOf(changed({ approvals }))).toEqual([staff, undefined]);
    const redeemed = { clientId: "c", freshness: "auth_time", tokenExchange: "hub", secret: "s" } as const;
    expect(await metadataOf(changed({ approvals: redeemed }))).toEqual([staff, `${DEPLOYMENT.url}/v1/consents`]);
    const { console: _, ...without } = DEPLOYMENT;
    const { body } = await new FakeService(fakeWorld({ deployment: without })).send(httpEvent(`GET ${METADATA}`));
    expect(body.consent_endpoint).toBeUndefined();
  });

  it("name the console where there is one, so that whoever lists requests cannot choose where people sign in", async () => {
    const { console: _, ...without } = DEPLOYMENT;
    const uriOf = async (deployment: typeof without & { console?: { url: string } }) =>
      (await new FakeService(fakeWorld({ deployment })).send(httpEvent(`GET ${METADATA}`))).body.console_uri;
    expect(await uriOf(without)).toBeUndefined();
    expect(await uriOf({ ...without, console: { url: "https://console.valetkey.test" } })).toBe(
      "https://console.valetkey.test",
    );
  });
});

describe("the hub's metadata", () => {
  it("names where people sign in with the command, and of its configuration nothing else", async () => {
    const metadataOf = async (cli: Issuer["cli"]) => {
      const issuers = DEPLOYMENT.issuers.map((each) => (each.name === "staff" && cli ? { ...each, cli } : each));
      const world = fakeWorld({ deployment: { ...DEPLOYMENT, issuers } });
      return (await new FakeService(world).send(httpEvent(`GET ${METADATA}`))).body.sign_in;
    };
    expect(await metadataOf(undefined)).toEqual([]);
    expect(await metadataOf({ clientId: "valetkey-cli" })).toEqual([
      { issuer: "https://staff.test", client_id: "valetkey-cli" },
    ]);
    expect(await metadataOf({ clientId: "c", scope: "openid api", resource: false })).toEqual([
      { issuer: "https://staff.test", client_id: "c", scope: "openid api", resource: false },
    ]);
  });
});

describe("RFC 6749, section 5.2: an error of the token endpoint", () => {
  it.each([
    ["is left out", undefined],
    ["is empty", ""],
  ])("is invalid_request where grant_type %s", async (_, grant_type) => {
    const answer = await serve().exchange({ grant_type });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: expect.stringContaining("grant_type is missing") },
    });
  });

  it("is unsupported_grant_type where it is another one", async () => {
    const { body } = await serve().exchange({ grant_type: "client_credentials" });
    expect(body.error).toBe("unsupported_grant_type");
  });

  it("has a description without quotation marks, backslashes and what is not ASCII, whoever wrote its words", async () => {
    const service = serve();
    const { world } = service;
    const answers = [
      await service.exchange({ subject_token: world.agentToken({ aud: "x" }) }),
      await service.exchange({ authorization_details: '[{"type":"\u00e9\\"\\\\"}]' }),
      await service.exchange({ authorization_details: '[{"type":"aws","account":"\\"\\\\\u20ac"}]' }),
      await service.send(formEvent({ token: "x" }, "POST /v1/introspect")),
    ];
    for (const { status, body } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    }
    expect(answers[0]?.body.error_description).toContain("aud must be 'https://valetkey.test'.");
  });
});

describe("RFC 6750, section 3.1: a challenge", () => {
  const task = { pathParameters: { task: "k7f3m2q9x4ab." } };
  it.each(["GET /v1/tasks/{task}", "GET /v1/agents", "POST /v1/introspect"])(
    "has no error where no token was sent: %s",
    async (route) => {
      const event = route.startsWith("POST") ? formEvent({ token: "x" }, route) : httpEvent(route, task);
      const { status, headers } = await serve().send(event);
      expect([status, headers["www-authenticate"]]).toEqual([401, 'Bearer realm="valetkey"']);
    },
  );

  it.each(["GET /v1/tasks/{task}", "GET /v1/agents"])("has one where the token is wrong: %s", async (route) => {
    const { status, headers } = await serve().send(
      httpEvent(route, { ...task, headers: { authorization: "Bearer x" } }),
    );
    expect([status, headers["www-authenticate"]]).toEqual([401, 'Bearer realm="valetkey", error="invalid_token"']);
  });
});

describe("RFC 9110: a method that an address does not take", () => {
  const addresses = [...new Set(ROUTES.map(({ path }) => path))];
  it.each(addresses)("is a 405 that lists those that it takes: %s", async (path) => {
    const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method as string);
    const rawPath = path.replaceAll(/\{\w+\}/g, "k7f3m2q9x4ab.");
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "GET", "POST"]) {
      if (methods.includes(method) || (path === METADATA && method === "HEAD")) continue;
      const { status, headers, body } = await serve().send(unrouted(method, rawPath));
      expect([method, status, body.code]).toEqual([method, 405, "method_not_allowed"]);
      const allowed = path === METADATA ? [...methods, "HEAD"] : methods;
      expect(headers.allow?.split(", ").toSorted()).toEqual([...allowed].toSorted());
    }
  });

  it.each(["/", "//", "/v1", "/v1/token/", "/v1/tasks//credentials/x", "/V1/TOKEN", "/v1/elsewhere"])(
    "is a 404 where there is no such address: %s",
    async (rawPath) => {
      const { status, headers } = await serve().send(unrouted("GET", rawPath));
      expect([status, headers.allow]).toEqual([404, undefined]);
    },
  );

  it("is not HEAD for the metadata: the same as GET, without a body", async () => {
    const service = serve();
    const got = await service.send(httpEvent(`GET ${METADATA}`));
    const head = await service.send(unrouted("HEAD", METADATA));
    expect([head.status, head.headers, head.body]).toEqual([200, got.headers, {}]);
  });
});
