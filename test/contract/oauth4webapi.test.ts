import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import { exchangeParameters, GRANT_TYPE, INTENT, type RunningCloud, runCloud } from "./running-cloud.ts";

/** Option of the unmodified library that allows http on loopback. */
const LOOPBACK = { [oauth.allowInsecureRequests]: true };
/** A public client: the exchanged token proves the caller. */
const CLIENT: oauth.Client = { client_id: "any" };

const RESOURCE = "https://tickets.acme.test/mcp";

let running: RunningCloud;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  running = await runCloud({}, { toolServers: { tickets: { resource: RESOURCE } } });
  const issuer = new URL(running.url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...LOOPBACK });
  server = await oauth.processDiscoveryResponse(issuer, answer);
});
afterAll(() => running.close());

const agentToken = () => running.cloud.agents.mint({ sub: "agent:demo" });

async function exchange(parameters: Record<string, string>): Promise<oauth.TokenEndpointResponse> {
  const answer = await oauth.genericTokenEndpointRequest(
    server,
    CLIENT,
    oauth.None(),
    GRANT_TYPE,
    parameters,
    LOOPBACK,
  );
  return oauth.processGenericTokenEndpointResponse(server, CLIENT, answer);
}

const present = (taskToken: string) =>
  exchange({
    subject_token: taskToken,
    subject_token_type: TOKEN_TYPES.accessToken,
    requested_token_type: TOKEN_TYPES.presentation,
    audience: "tickets",
  });

/** RFC 7523: the tool server's own OIDC token is its assertion. */
const assertionOf =
  (sub: string): oauth.ClientAuth =>
  async (_, __, body) => {
    body.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    body.set("client_assertion", await running.cloud.agents.mint({ sub, aud: `${running.url}/introspect` }));
  };

async function introspect(token: string, sub = "agent:tickets"): Promise<oauth.IntrospectionResponse> {
  const answer = await oauth.introspectionRequest(server, CLIENT, assertionOf(sub), token, LOOPBACK);
  return oauth.processIntrospectionResponse(server, CLIENT, answer);
}

async function revoke(token: string): Promise<void> {
  const answer = await oauth.revocationRequest(server, CLIENT, oauth.None(), token, LOOPBACK);
  await oauth.processRevocationResponse(answer);
}

describe("an OAuth client library that shares no code with valetkey", () => {
  it("finds the endpoints", () => {
    expect(server).toMatchObject({
      issuer: running.url,
      token_endpoint: `${running.url}/v1/token`,
      introspection_endpoint: `${running.url}/v1/introspect`,
      revocation_endpoint: `${running.url}/v1/revoke`,
    });
  });

  it("exchanges an agent's token for a task and credentials", async () => {
    const answer = await exchange(exchangeParameters(await agentToken()));
    expect(answer).toMatchObject({
      token_type: "bearer",
      access_token: expect.stringMatching(/^vk_/),
      expires_in: expect.any(Number),
      issued_token_type: TOKEN_TYPES.accessToken,
      authorization_details: INTENT,
      credentials: [{ type: "aws", AccessKeyId: expect.stringMatching(/^ASIA/) }],
    });
  });

  it("gets a token for a tool server by an assertion (RFC 7523), once", async () => {
    const assertion = await agentToken();
    const ask = async (changed: Record<string, string> = {}) => {
      const given = { assertion, resource: RESOURCE, scope: "search", ...changed };
      const type = GRANT_TYPES.assertion;
      const answer = await oauth.genericTokenEndpointRequest(server, CLIENT, oauth.None(), type, given, LOOPBACK);
      return oauth.processGenericTokenEndpointResponse(server, CLIENT, answer);
    };
    expect(server.grant_types_supported).toContain(GRANT_TYPES.assertion);
    await expect(ask({ resource: "https://evil.test" })).rejects.toMatchObject({ error: "invalid_target" });
    await expect(ask({ scope: "" })).rejects.toMatchObject({ error: "invalid_scope" });
    const { access_token: token, scope } = await ask();
    expect(scope).toBe("search");
    expect(await introspect(token)).toMatchObject({ active: true, aud: "tickets", scope: "search" });
    await expect(ask()).rejects.toMatchObject({ error: "invalid_grant" });
    await revoke(token);
    expect(await introspect(token)).toEqual({ active: false });
  });

  it("gets one result for one token, of fifty concurrent requests by both grants", async () => {
    const token = await agentToken();
    const asserted = { grant_type: GRANT_TYPES.assertion, assertion: token, resource: RESOURCE, scope: "search" };
    const exchanged = { grant_type: GRANT_TYPES.exchange, ...exchangeParameters(token) };
    const ask = (form: Record<string, string>) =>
      fetch(`${running.url}/v1/token`, { method: "POST", body: new URLSearchParams(form) });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n % 2 ? asserted : exchanged)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("reads a denial as an OAuth error, with what was denied", async () => {
    const denied = exchange({
      ...exchangeParameters(await agentToken()),
      authorization_details: JSON.stringify([{ ...INTENT[0], actions: ["s3:DeleteObject"] }]),
    });
    await expect(denied).rejects.toMatchObject({
      name: "ResponseBodyError",
      status: 403,
      error: "access_denied",
      cause: { code: "policy_denied", denials: [{ action: "s3:DeleteObject" }] },
    });
  });

  it("introspects a presentation token as the tool server, until the task is revoked", async () => {
    const { access_token: taskToken } = await exchange(exchangeParameters(await agentToken()));
    const { access_token: shown } = await present(taskToken);
    expect(await introspect(shown)).toMatchObject({ active: true, sub: "demo", authorization_details: [INTENT[1]] });
    expect(await introspect(shown, "agent:demo")).toEqual({ active: false });
    expect(await introspect(taskToken)).toEqual({ active: false });
    await revoke(taskToken);
    expect(await introspect(shown)).toEqual({ active: false });
  });

  it("may not introspect without being a registered tool server", async () => {
    const { access_token: taskToken } = await exchange(exchangeParameters(await agentToken()));
    const { access_token: shown } = await present(taskToken);
    for (const auth of [oauth.None(), assertionOf("agent:nobody")]) {
      const answer = await oauth.introspectionRequest(server, CLIENT, auth, shown, LOOPBACK);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ error: "invalid_client" });
    }
  });

  it("revokes only the presentation token, and gets a success for an unknown token", async () => {
    const { access_token: taskToken } = await exchange(exchangeParameters(await agentToken()));
    const { access_token: shown } = await present(taskToken);
    await revoke(shown);
    await revoke("nothing of yours");
    expect(await introspect(shown)).toEqual({ active: false });
    expect(await introspect((await present(taskToken)).access_token)).toMatchObject({ active: true });
  });
});
