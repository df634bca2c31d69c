import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRET_TAGS } from "../../functions/names.ts";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { startClient } from "../unit/client/run-client.ts";
import { type RunningCloud, runCloud } from "./running-cloud.ts";

const VALUE = "sk-live-of-the-crm";

describe("a proxy that injects a credential, fed by valetkey serve", () => {
  let running: RunningCloud;
  let folder: string;
  let crm: LoopbackServer;
  let proxy: LoopbackServer;
  beforeAll(async () => {
    running = await runCloud();
    folder = mkdtempSync(join(tmpdir(), "valetkey-proxy-"));
    const { cloud } = running;
    const tags = { [SECRET_TAGS.managed]: "true" };
    cloud.aws.admin("999900001111").createSecret({ name: "demo/api-key", value: VALUE, tags });
    crm = await listen(({ headers }, response) => {
      response.statusCode = headers.authorization === `Bearer ${VALUE}` ? 200 : 401;
      response.end();
    });
    const file = join(folder, "out/secret-0/0/value");
    // As such proxies do: the agent's request has a placeholder, and the file is read for each request.
    proxy = await listen(async ({ url = "" }, response) => {
      if (!existsSync(file)) return void response.writeHead(502).end("no credential");
      const authorization = `Bearer ${readFileSync(file, "utf8")}`;
      const { status } = await fetch(`${crm.url}${url}`, { headers: { authorization } });
      response.writeHead(status).end();
    });
  });
  afterAll(async () => {
    await Promise.all([running.close(), crm.close(), proxy.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it("reaches the service while the task lives, and no longer; the agent has no credential", async () => {
    const { cloud, url } = running;
    const intent = join(folder, "crm.json");
    writeFileSync(intent, JSON.stringify([{ type: "secret", actions: ["read"], identifiers: ["demo/api-key"] }]));
    const served = startClient(
      ["serve", "--purpose", "read the CRM", "--intent", intent, "--credentials-out", join(folder, "out")],
      { VALETKEY_URL: url, VALETKEY_TOKEN: await cloud.agents.mint({ sub: "agent:demo" }) },
    );
    await served.said("secret-0: ");
    const agent = async (at: string) =>
      (await fetch(`${at}/contacts`, { headers: { authorization: "Bearer placeholder" } })).status;
    expect(await agent(crm.url)).toBe(401);
    expect(await agent(proxy.url)).toBe(200);
    served.kill("SIGTERM");
    const { code, stdout, stderr } = await served.ended;
    expect([code, `${stdout}${stderr}`.includes(VALUE)]).toEqual([0, false]);
    expect(await agent(proxy.url)).toBe(502);
  });
});
