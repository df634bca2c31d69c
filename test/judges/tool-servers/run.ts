import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GRANT_TYPES } from "../../../contract/names.ts";
import { freePort } from "../../../local/emulator/free-ports.ts";
import { type RunningCloud, runCloud } from "../../contract/running-cloud.ts";
import { listen } from "../../loopback-server.ts";
import { TOOL_SERVERS, type ToolServer } from "./servers.ts";

// `valetkey/tool` in real servers of Express and Hono, which npm installs into a folder of this run's own.
const INSTALLED = ["express@5", "hono@4", "@hono/node-server@2"];
/**
 * Upper bound on the milliseconds for which a token works after its task ended. docs/recipes/mcp.md and the changes
 * document 5 s.
 */
const OPEN_MS = 5_000;

/** Spellings of the path `/items/delete`, some of which each framework takes for its route; the task was not granted the tool behind it. */
const SPELLINGS = [
  ...["/items/delete", "/items/%64elete", "/Items/Delete", "/items/delete/", "/items//delete", "//items/delete"],
  ...["/items/./delete", "/x/../items/delete", "/items/%2e/delete", "/items%2fdelete", "/items/delete%00"],
];

/** Answers that each server has to give, in the order of the story. */
const AS_IT_SHOULD_BE = {
  metadata: 200,
  withoutToken: 401,
  strangersToken: 401,
  granted: { tool: "search", agent: "demo", isTokenHidden: true },
  notGranted: 403,
  namedTwice: 403,
  noJson: 400,
  tooLarge: 413,
  reachedByASpelling: [],
  isCutOff: true,
  afterTheEnd: 401,
} as const;

const folder = mkdtempSync(join(tmpdir(), "valetkey-tool-servers-"));
const port = await freePort();
const resource = `http://127.0.0.1:${port}/mcp`;
const running = await runCloud({}, { toolServers: { tickets: { resource } } });
const identity = await listen(
  async (_, response) =>
    void response.end(await running.cloud.agents.mint({ sub: "agent:tickets", aud: `${running.url}/introspect` })),
);
let failed = 0;
try {
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...INSTALLED], {
    cwd: folder,
    stdio: "inherit",
  });
  for (const server of TOOL_SERVERS) {
    try {
      assert.deepEqual(await story(server, running), AS_IT_SHOULD_BE);
      console.log(`passed   ${server.name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED   ${server.name}: ${(error as Error).message}`);
    }
  }
} finally {
  await identity.close();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** Starts a server, calls it as clients and strangers do, and ends the task while an answer is open. */
async function story({ program }: ToolServer, hub: RunningCloud) {
  const file = join(folder, "server.mjs");
  writeFileSync(file, program);
  const env = { PATH: process.env.PATH ?? "", HUB: hub.url, RESOURCE: resource, PORT: String(port) };
  const started = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...env, VALETKEY_TOKEN_URL: identity.url },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    await once(started.stdout, "data");
    const token = await granted(hub);
    const call = (name: string) => ({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name } });
    const { result } = (await (await post(call("search"), token)).json()) as { readonly result: { token: string } };
    const { token: mark, ...answer } = result;
    const status = async (body: unknown, by?: string) => (await post(body, by)).status;
    const open = await fetch(resource, { headers: { authorization: `Bearer ${token}` } });
    const answers = {
      metadata: (await fetch(resource.replace("/mcp", "/.well-known/oauth-protected-resource/mcp"))).status,
      withoutToken: await status(call("search")),
      strangersToken: await status(call("search"), await hub.cloud.agents.mint({ sub: "agent:demo" })),
      granted: { ...answer, isTokenHidden: mark !== token },
      notGranted: await status(call("close"), token),
      namedTwice: await status(
        '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"close"}}',
        token,
      ),
      noJson: await status("{", token),
      reachedByASpelling: await reached(token),
      tooLarge: await status(`{"x":"${"y".repeat(4 * 1_024 * 1_024)}"}`, token),
    };
    await fetch(`${hub.url}/v1/revoke`, { method: "POST", body: new URLSearchParams({ token }) });
    const endedAtMs = Date.now();
    const isCutOff = await open.text().then(
      () => false,
      () => Date.now() - endedAtMs <= OPEN_MS,
    );
    return { ...answers, isCutOff, afterTheEnd: await status(call("search"), token) };
  } finally {
    started.kill("SIGKILL");
    await once(started, "close");
  }
}

/** Lists the spellings by which a token reaches the route whose tool it was not granted. */
async function reached(token: string): Promise<readonly string[]> {
  const found = await Promise.all(
    SPELLINGS.map(async (path) => {
      // `fetch` would send another spelling: it resolves dot segments.
      const sent = request({
        host: "127.0.0.1",
        port,
        path,
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
      sent.end("{}");
      const [{ statusCode }] = await once(sent, "response");
      return statusCode === 200 ? [path] : [];
    }),
  );
  return found.flat();
}

/** Gets a token for the tool `search` by the grant of RFC 7523. */
async function granted(hub: RunningCloud): Promise<string> {
  const assertion = await hub.cloud.agents.mint({ sub: "agent:demo" });
  const body = new URLSearchParams({ grant_type: GRANT_TYPES.assertion, assertion, resource, scope: "search" });
  const answer = await fetch(`${hub.url}/v1/token`, { method: "POST", body });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}

function post(body: unknown, token?: string): Promise<Response> {
  return fetch(resource, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
