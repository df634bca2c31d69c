import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiCall } from "../../local/aws/api-call.ts";
import { type Cloud, startCloud } from "../../local/cloud/start-cloud.ts";

export const ACCOUNT = "111122223333";
export const BUCKET = "acme-data";

/** The whole of valetkey on free loopback ports, with agents `demo` and `tickets` registered, and a bucket to read from. */
export interface RunningCloud {
  readonly cloud: Cloud;
  /** `http://127.0.0.1:port`: where the API answers, and the issuer of its metadata. */
  readonly url: string;
  /** Every call to AWS so far, in order. */
  readonly calls: ApiCall[];
  close(): Promise<void>;
}

export async function runCloud(): Promise<RunningCloud> {
  const [api = 0, aws = 0, issuers = 0, people = 0] = await freePorts(4);
  const dir = mkdtempSync(join(tmpdir(), "valetkey-cloud-"));
  const url = `http://127.0.0.1:${api}`;
  const configFile = join(dir, "valetkey.json");
  writeFileSync(configFile, JSON.stringify(configFor(url, issuers, people)));
  const calls: ApiCall[] = [];
  const cloud = await startCloud({
    configFile,
    ports: { api, aws, issuers, people },
    workDir: join(dir, "work"),
    onApiCall: (call) => void calls.push(call),
  });
  const account = cloud.aws.admin(ACCOUNT);
  account.putBucket(BUCKET);
  account.putObject(BUCKET, "reports/weekly.csv", "week,orders\n");
  account.putObject(BUCKET, "payroll/salaries.csv", "name,salary\n");
  await registerAgents(url, cloud);
  return {
    cloud,
    url,
    calls,
    close: async () => {
      await cloud.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const configFor = (url: string, issuers: number, people: number) => ({
  hub: { account: "999900001111", region: "us-east-1" },
  url,
  issuers: [
    { name: "local", kind: "agents", preset: "generic", url: `http://127.0.0.1:${issuers}/agents` },
    {
      name: "staff",
      kind: "people",
      preset: "generic",
      url: `http://127.0.0.1:${people}/people`,
      groupsClaim: "groups",
    },
  ],
  accounts: [{ id: ACCOUNT, region: "us-east-1", taskRoles: 2 }],
  operators: [{ issuer: "staff", subject: "person:alice" }],
});

async function registerAgents(url: string, cloud: Cloud): Promise<void> {
  const operator = await cloud.people.mint({ sub: "person:alice" });
  for (const id of ["demo", "tickets"]) {
    const answer = await fetch(`${url}/v1/agents`, {
      method: "POST",
      headers: { authorization: `Bearer ${operator}`, "content-type": "application/json" },
      body: JSON.stringify({
        id,
        name: id,
        owner: "owner@acme.test",
        team: "demo",
        bindings: [{ issuer: "local", claims: { sub: `agent:${id}` } }],
      }),
    });
    if (answer.status !== 201) throw new Error(`registering ${id}: ${answer.status} ${await answer.text()}`);
  }
}

/** Ports that nothing listens on at this moment; all are held until the last is found, so that they differ. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
