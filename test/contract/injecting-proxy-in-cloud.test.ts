import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { type ServedCrm, serveCrm } from "./proxies/crm.ts";

describe("a proxy that injects a credential, fed by valetkey serve", () => {
  let world: ServedCrm;
  let proxy: LoopbackServer;
  beforeAll(async () => {
    world = await serveCrm();
    const { crm, file } = world;
    // As such proxies do: the agent's request has a placeholder, and the file is read for each request.
    proxy = await listen(async ({ url = "" }, response) => {
      if (!existsSync(file)) return void response.writeHead(502).end("no credential");
      const authorization = `Bearer ${readFileSync(file, "utf8")}`;
      const { status } = await fetch(`${crm.url}${url}`, { headers: { authorization } });
      response.writeHead(status).end();
    });
  });
  afterAll(async () => {
    await Promise.all([world.close(), proxy.close()]);
  });

  it("reaches the service while the task lives, and no longer; the agent has no credential", async () => {
    const { crm, served, value } = world;
    const agent = async (at: string) =>
      (await fetch(`${at}/contacts`, { headers: { authorization: "Bearer placeholder" } })).status;
    expect(await agent(crm.url)).toBe(401);
    expect(await agent(proxy.url)).toBe(200);
    served.kill("SIGTERM");
    const { code, stdout, stderr } = await served.ended;
    expect([code, `${stdout}${stderr}`.includes(value)]).toEqual([0, false]);
    expect(await agent(proxy.url)).toBe(502);
  });
});
