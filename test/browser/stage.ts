import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveSite } from "../../functions/console/serve-site.ts";
import { SITE_FILE, type Site } from "../../functions/console/site.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { buildConsole } from "../../infra/config/build-console.ts";
import { freePorts } from "../../local/emulator/free-ports.ts";
import { type StubHub, startStubHub } from "./stub-hub.ts";
import { type StubIssuer, startStubIssuer } from "./stub-issuer.ts";

/** The built console on a port of its own. A test directs the API and the issuer behind it. */
export interface Stage {
  readonly origin: string;
  readonly hub: StubHub;
  readonly issuer: StubIssuer;
  close(): void;
}

export async function startStage(): Promise<Stage> {
  const [port = 0, api = 0, people = 0] = await freePorts(3);
  const [origin, url] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${api}`];
  const hub = await startStubHub(api, origin);
  const issuer = await startStubIssuer(people, origin, `${url}/operate`, ["valetkey-console"]);
  const outDir = buildConsole({
    outDir: mkdtempSync(join(tmpdir(), "console-")),
    config: {
      hub: { account: accountId("999900001111"), region: regionNamed("eu-central-1") },
      url,
      console: { url: origin },
      issuers: [
        {
          name: "staff",
          kind: "people",
          preset: "generic",
          url: issuer.url,
          console: { clientId: "valetkey-console", parameters: { resource: `${url}/operate` } },
          approvals: { clientId: "valetkey-approvals", freshness: "auth_time" },
        },
      ],
      accounts: [],
      operators: [],
    },
  });
  const site = JSON.parse(readFileSync(join(outDir, SITE_FILE), "utf8")) as Site;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", origin);
    const http = { method: request.method, sourceIp: "127.0.0.1" };
    const answer = serveSite({ rawPath: pathname, headers: {}, requestContext: { requestId: "r", http } }, site);
    response.writeHead(answer.statusCode, answer.headers);
    response.end(Buffer.from(answer.body, answer.isBase64Encoded ? "base64" : "utf8"));
  });
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  return {
    origin,
    hub,
    issuer,
    close: () => {
      for (const each of [hub, issuer, server]) each.close();
    },
  };
}
