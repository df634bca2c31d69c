import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../local/cloud/start-cloud.ts";
import { moveConfig } from "../../../local/move-ports.ts";
import { type Ports, portsFrom } from "../../../local/ports.ts";
import { freeNeighbours } from "../../harness/free-neighbours.ts";

const LOCAL = fileURLToPath(new URL("../../../local/valetkey.json", import.meta.url));

describe("the console of `npm start`", () => {
  let [cloud, ports]: [Cloud | undefined, Ports] = [undefined, portsFrom(0)];
  const at = (door: "api" | "console", path: string) => `http://127.0.0.1:${ports[door]}${path}`;

  beforeAll(async () => {
    ports = await freeNeighbours();
    const dir = mkdtempSync(join(tmpdir(), "valetkey-console-"));
    const configFile = moveConfig(LOCAL, join(dir, "valetkey.json"), ports.api);
    cloud = await startCloud({ ports, configFile, workDir: join(dir, "work"), hasRules: false });
  });
  afterAll(() => cloud?.close());

  it("serves its page, its script and nothing of the API, at a port of its own", async () => {
    const page = await fetch(at("console", "/approvals"));
    const html = await page.text();
    const [script = ""] = /\/assets\/app-\w+\.js/.exec(html) ?? [];
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("content-security-policy")).toContain(
      `connect-src ${at("api", "")} http://127.0.0.1:${ports.people};`,
    );
    expect((await fetch(at("console", script))).headers.get("cache-control")).toContain("immutable");
    expect((await fetch(at("console", "/v1/agents"))).status).toBe(404);
    expect(await (await fetch(at("console", "/config.json"))).json()).toMatchObject({ api: at("api", "") });
  });

  it("is the only origin whose pages may call the API and read its answers", async () => {
    const send = (origin: string, method: string) =>
      fetch(at("api", "/v1/agents"), { method, headers: { origin, "access-control-request-method": "POST" } });
    const own = at("console", "");
    const [preflight, answer] = [await send(own, "OPTIONS"), await send(own, "GET")];
    expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([
      204,
      "authorization,content-type,if-none-match",
    ]);
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([401, own]);
    expect(answer.headers.has("access-control-allow-credentials")).toBe(false);
    for (const other of [at("api", ""), "http://localhost:1", "null", `${own}.example.com`])
      for (const method of ["OPTIONS", "GET"])
        expect((await send(other, method)).headers.has("access-control-allow-origin")).toBe(false);
  });

  it("is protected from answers of the API, which run nothing in a browser", async () => {
    const answer = await fetch(at("api", "/v1/agents"));
    expect(answer.headers.get("content-security-policy")).toBe("sandbox; default-src 'none'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });
});
