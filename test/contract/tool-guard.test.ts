import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Server as McpServer } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { guardTools } from "../../client/tool/guard-tools.ts";
import { GRANT_TYPES } from "../../contract/names.ts";
import { freePort } from "../../local/emulator/free-ports.ts";
import { listen } from "../loopback-server.ts";
import { startProcess } from "./package/start-process.ts";
import { importBlock } from "./recipe-project.ts";
import { type RunningCloud, runCloud } from "./running-cloud.ts";

let running: RunningCloud;
let port: number;
let resource: string;
let server: Server;
let events: object[];
/** Bodies that reached a handler, to check what must not reach it. */
const handled: { readonly auth?: unknown; readonly body?: unknown }[] = [];

beforeAll(async () => {
  // A busy machine is no outage of the hub: a call that may take three seconds may take a minute here.
  const { timeout } = AbortSignal;
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => timeout.call(AbortSignal, 20 * ms));
  port = await freePort();
  resource = `http://127.0.0.1:${port}/mcp`;
  const payroll = { resource: "https://payroll.acme.test/mcp" };
  running = await runCloud({}, { toolServers: { tickets: { resource }, payroll } });
  server = await guarded(running.url);
});
afterAll(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
  await running.close();
});

const ownToken = (sub = "agent:tickets", hub = running.url) =>
  running.cloud.agents.mint({ sub, aud: `${hub}/introspect` });

/** Starts an MCP server of the SDK behind the guard. */
async function guarded(hub: string, on = port, sub?: string): Promise<Server> {
  events = [];
  const identity = { kind: "token", token: await ownToken(sub, hub) } as const;
  const guard = guardTools({
    hub,
    resource,
    server: "tickets",
    tools: ["search", "close"],
    identity,
    onEvent: (event) => void events.push(event),
  });
  const started = createServer((request, response) => {
    void guard.node(request, response, () => handle(request, response));
  });
  await new Promise<void>((resolve) => started.listen(on, "127.0.0.1", resolve));
  return started;
}

async function handle(request: IncomingMessage & { auth?: unknown; body?: unknown }, response: ServerResponse) {
  handled.push(request);
  const mcp = new McpServer({ name: "tickets", version: "1" }, { capabilities: { tools: {}, logging: {} } });
  const tool = (name: string) => ({ name, description: name, inputSchema: { type: "object" as const } });
  mcp.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [tool("search"), tool("close")] }));
  mcp.setRequestHandler(CallToolRequestSchema, ({ params }, { authInfo }) => ({
    content: [{ type: "text", text: `${params.name} by ${authInfo?.clientId}` }],
  }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined } as never);
  response.once("close", () => void transport.close());
  await mcp.connect(transport as never);
  await transport.handleRequest(request as never, response, request.body);
}

/** Client of the SDK, with the provider of the recipe. */
async function connect(scope: string): Promise<Client> {
  const { WorkloadIdentity } = await importBlock<{
    readonly WorkloadIdentity: new (_: Readonly<Record<string, unknown>>) => OAuthClientProvider;
  }>("mcp.md", "js", "class WorkloadIdentity");
  const authProvider = new WorkloadIdentity({
    issuer: running.url,
    scope,
    identity: () => running.cloud.agents.mint({ sub: "agent:demo" }),
  });
  const client = new Client({ name: "demo", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(resource), { authProvider }) as never);
  return client;
}

async function federated(changed: Readonly<Record<string, string>> = {}): Promise<string> {
  const assertion = await running.cloud.agents.mint({ sub: "agent:demo" });
  const form = { grant_type: GRANT_TYPES.assertion, assertion, resource, scope: "search", ...changed };
  const answer = await fetch(`${running.url}/v1/token`, { method: "POST", body: new URLSearchParams(form) });
  const { access_token: token } = (await answer.json()) as { readonly access_token?: string };
  if (!token) throw new Error(`no token: ${answer.status}`);
  return token;
}

const call = (name: string) => ({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name } });

const send = (token: string | undefined, body: unknown = call("search"), on = port): Promise<Response> =>
  fetch(`http://127.0.0.1:${on}/mcp`, {
    method: "POST",
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("an unmodified MCP client and an unmodified MCP server of the SDK", () => {
  it("find the hub, get a token with the agent's own, and call a tool", async () => {
    const client = await connect("search");
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["search", "close"]);
    const { content } = await client.callTool({ name: "search" });
    expect(content).toEqual([{ type: "text", text: "search by demo" }]);
    await expect(client.callTool({ name: "close" })).rejects.toThrow(/403/);
    await client.close();
  });

  it("report invalid_scope where policy does not permit the tool", async () => {
    await expect(connect("search close")).rejects.toThrow(/Policy does not permit these tools/);
  });
});

describe("the conformance suite of MCP", () => {
  const suite = fileURLToPath(import.meta.resolve("@modelcontextprotocol/conformance/dist/index.js"));
  const run = async (scenario: string, token: string | undefined) => {
    const forwarding = await forwardingWith(token);
    try {
      return await startProcess(
        process.execPath,
        [suite, "server", "--url", forwarding.url, "--scenario", scenario],
        {},
      );
    } finally {
      await forwarding.close();
    }
  };

  // Scenarios of a server that need no tool of their own. None of them tests an authorization server.
  it.each(["server-initialize", "tools-list", "server-sse-multiple-streams"])(
    "passes %s through the guard",
    async (name) => {
      const { code, stdout } = await run(name, await federated());
      expect(stdout).toContain("Passed: ");
      expect(code, stdout).toBe(0);
    },
  );

  it("passes nothing without a token", async () => {
    expect(await run("server-initialize", undefined)).toMatchObject({ code: 1 });
  });
});

/** Passes requests on to the guarded server with a token, since the suite cannot send one. */
async function forwardingWith(token: string | undefined) {
  const listening = await listen((request, response) => {
    const headers = { ...request.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const { method } = request;
    const onward = forward(resource, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  return { ...listening, url: `${listening.url}/mcp` };
}

describe("the guard of a tool server in Hono", () => {
  const through = async (token: string | undefined, body: string | undefined, respond = () => new Response("done")) => {
    const identity = { kind: "token", token: await ownToken() } as const;
    const guard = guardTools({ hub: running.url, resource, server: "tickets", tools: ["search"], identity });
    const raw = new Request(resource, {
      ...(body === undefined ? {} : { method: "POST", body }),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const context = { req: { raw }, set: (_: "auth", auth: unknown) => void given.push(auth), res: new Response() };
    const given: unknown[] = [];
    const refused = await guard.hono(context, async () => {
      context.res = respond();
    });
    return { status: refused?.status ?? 200, given, res: refused ?? context.res, raw };
  };

  it("lets the granted tool pass, and leaves the body to the handler", async () => {
    const body = JSON.stringify(call("search"));
    const { status, given, res, raw } = await through(await federated(), body);
    expect([status, await res.text(), await raw.text()]).toEqual([200, "done", body]);
    expect(given).toMatchObject([{ clientId: "demo", scopes: ["search"] }]);
  });

  it("refuses what the guard of node refuses", async () => {
    const token = await federated();
    expect((await through(undefined, "{}")).status).toBe(401);
    expect((await through(token, JSON.stringify(call("close")))).status).toBe(403);
    expect((await through(token, "{")).status).toBe(400);
    expect((await through(token, `"${"x".repeat(4 * 1_024 * 1_024)}"`)).status).toBe(413);
  });

  it("cuts an open answer off when its task ends", async () => {
    const token = await federated();
    const { res } = await through(token, undefined, () => new Response(new ReadableStream()));
    await fetch(`${running.url}/v1/revoke`, { method: "POST", body: new URLSearchParams({ token }) });
    await expect(res.text()).rejects.toThrow();
  });
});

describe("the guard of a tool server", () => {
  it("publishes the protected resource's metadata, and challenges without a token", async () => {
    const metadata = `http://127.0.0.1:${port}/.well-known/oauth-protected-resource/mcp`;
    expect(await (await fetch(metadata)).json()).toEqual({
      resource,
      authorization_servers: [running.url],
      scopes_supported: ["search", "close"],
      bearer_methods_supported: ["header"],
    });
    const answer = await send(undefined);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe(`Bearer resource_metadata="${metadata}"`);
  });

  it("names the scope that a tool needs and the task was not granted", async () => {
    const answer = await send(await federated(), [call("search"), call("close")]);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("www-authenticate")).toMatch(
      /error="insufficient_scope".*scope="search close".*resource/,
    );
  });

  it("gives the handler the task, and no token", async () => {
    const token = await federated();
    handled.length = 0;
    expect((await send(token)).status).toBe(200);
    expect(handled[0]?.auth).toMatchObject({
      clientId: "demo",
      scopes: ["search"],
      extra: { purpose: "tools of tickets" },
    });
    expect(JSON.stringify(handled[0]?.auth)).not.toContain(token.slice(-43));
  });

  const bodies: readonly (readonly [string, unknown, number])[] = [
    ["no JSON", "{", 400],
    ["an object that a parser left", {}, 400],
    ["a call without a name", { method: "tools/call" }, 400],
    ["a name that is a list", { method: "tools/call", params: { name: ["search"] } }, 400],
    ["a batch with a text in it", [call("search"), "x"], 400],
    ["a method that does something", { jsonrpc: "2.0", id: 1, method: "resources/read", params: { uri: "a:b" } }, 403],
    ["another spelling of the method", { jsonrpc: "2.0", id: 1, method: "Tools/Call" }, 403],
    ["a name that would leave the header", call('close", error="x'), 403],
  ];
  it.each(bodies)("refuses %s before the server sees it", async (_, body, status) => {
    const token = await federated();
    handled.length = 0;
    expect((await send(token, body)).status).toBe(status);
    expect(handled).toEqual([]);
  });

  it("names in its challenge only what a scope can name", async () => {
    const answer = await send(await federated(), call('close", error="x'));
    expect(answer.headers.get("www-authenticate")).toMatch(/scope="search", resource_metadata="[^"]*"$/);
  });

  it("trusts a hub only about itself, this server, and this server's tools", async () => {
    const [detail, hub] = [
      { server: "payroll", tools: ["search"], type: "tool" },
      await listen((_, response) => response.end(JSON.stringify(introspection))),
    ];
    const exp = Math.floor(Date.now() / 1_000) + 60;
    let introspection: object = {
      active: true,
      iss: hub.url,
      aud: "tickets",
      exp,
      client_id: "demo",
      task: "k7f3m2q9x4ab.",
      authorization_details: [detail],
    };
    const genuine = introspection;
    const on = await freePort();
    const alone = await guarded(hub.url, on);
    const [free, token] = [{ jsonrpc: "2.0", id: 1, method: "ping" }, `vkp_k7f3m2q9x4ab._${"A".repeat(42)}`];
    try {
      expect((await send(`${token}A`, free, on)).status).toBe(200);
      expect((await send(`${token}A`, call("search"), on)).status).toBe(403);
      const odd = [
        ...[{ iss: running.url }, { aud: "payroll" }, { exp: exp - 120 }, { exp: "never" }, { active: 1 }],
        ...[{ client_id: "Demo" }, { client_id: undefined }, { task: "k7f3m2q9x4ab" }, { task: undefined }],
      ];
      for (const [index, change] of odd.entries()) {
        introspection = { ...genuine, ...change };
        expect([401, 503]).toContain((await send(`${token}${"BCDEFGHIJ"[index]}`, free, on)).status);
      }
    } finally {
      alone.close();
      await hub.close();
    }
  });

  it("refuses every other token: another server's, a task's, an agent's own, and text that is none", async () => {
    const started = await running.start({ authorization_details: INTENT });
    const others = [started.token, await running.cloud.agents.mint({ sub: "agent:demo" }), await ownToken()];
    const form = await presented(started.token, "payroll").catch(() => undefined);
    expect(form).toBeUndefined();
    handled.length = 0;
    for (const token of [...others, "x", `vkp_k7f3m2q9x4ab._${"A".repeat(43)}`, `${await federated()}, x`])
      expect((await send(token)).status, token.slice(0, 8)).toBe(401);
    expect(handled).toEqual([]);
  });

  it("refuses a token that another server introspects", async () => {
    const on = await freePort();
    const thief = await guarded(running.url, on, "agent:demo");
    try {
      expect((await send(await federated(), call("search"), on)).status).toBe(401);
    } finally {
      thief.close();
    }
  });

  it("lets nothing pass while the hub is down", async () => {
    const on = await freePort();
    const alone = await guarded(`http://127.0.0.1:${await freePort()}`, on);
    try {
      const answer = await send(await federated(), call("search"), on);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
      expect(events).toMatchObject([{ event: "introspection_failed" }]);
    } finally {
      alone.close();
    }
  });

  it("I5: refuses a revoked token within 5 seconds, and ends an open answer", async () => {
    const token = await federated();
    expect((await send(token)).status).toBe(200);
    const stream = await fetch(resource, {
      headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
    });
    expect(stream.status).toBe(200);
    const closed = stream.text().then(
      () => Date.now(),
      () => Date.now(),
    );
    const revokedAt = Date.now();
    await fetch(`${running.url}/v1/revoke`, { method: "POST", body: new URLSearchParams({ token }) });
    while ((await send(token)).status === 200) await pause(100);
    expect(Date.now() - revokedAt).toBeLessThan(5_000);
    expect((await closed) - revokedAt).toBeLessThan(6_000);
  });
});

const INTENT = JSON.stringify([{ type: "tool", server: "tickets", tools: ["search"] }]);

async function presented(taskToken: string, audience: string): Promise<string> {
  const form = {
    grant_type: GRANT_TYPES.exchange,
    subject_token: taskToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    requested_token_type: "urn:valetkey:token-type:presentation",
    audience,
  };
  const answer = await fetch(`${running.url}/v1/token`, { method: "POST", body: new URLSearchParams(form) });
  if (!answer.ok) throw new Error(`not presented: ${answer.status}`);
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}
