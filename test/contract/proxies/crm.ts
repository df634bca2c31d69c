import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SECRET_TAGS } from "../../../functions/names.ts";
import { type LoopbackServer, listen } from "../../loopback-server.ts";
import { type Running, startClient } from "../../unit/client/run-client.ts";
import { runCloud } from "../running-cloud.ts";

/** Service that knows one key, and `valetkey serve`, which writes that key to a file for a proxy. */
export interface ServedCrm {
  readonly crm: LoopbackServer;
  /** Key that the service knows. */
  readonly value: string;
  /** File of the key, while `served` lives. */
  readonly file: string;
  /** Folder of this test alone. */
  readonly folder: string;
  readonly served: Running;
  readonly close: () => Promise<void>;
}

/** Starts a cloud with a secret, the service, and `valetkey serve` for a task that may read the secret. */
export async function serveCrm(): Promise<ServedCrm> {
  const value = "sk-live-of-the-crm";
  const running = await runCloud();
  const folder = mkdtempSync(join(tmpdir(), "valetkey-proxy-"));
  const { cloud, url } = running;
  const tags = { [SECRET_TAGS.managed]: "true" };
  cloud.aws.admin("999900001111").createSecret({ name: "demo/api-key", value, tags });
  const crm = await listen(({ headers }, response) => {
    response.statusCode = headers.authorization === `Bearer ${value}` ? 200 : 401;
    response.end();
  });
  const intent = join(folder, "crm.json");
  writeFileSync(intent, JSON.stringify([{ type: "secret", actions: ["read"], identifiers: ["demo/api-key"] }]));
  const served = startClient(
    ["serve", "--purpose", "read the CRM", "--intent", intent, "--credentials-out", join(folder, "out")],
    { VALETKEY_URL: url, VALETKEY_TOKEN: await cloud.agents.mint({ sub: "agent:demo" }) },
  );
  await served.said("secret-0: ");
  return {
    ...{ crm, value, folder, served },
    file: join(folder, "out/secret-0/0/value"),
    close: async () => {
      served.kill("SIGTERM");
      await served.ended;
      await Promise.all([running.close(), crm.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
