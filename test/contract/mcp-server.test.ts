import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { hasAwsCli } from "../needs.ts";
import { type StartedMcp, startMcp } from "../unit/client/mcp/start-mcp.ts";
import { ACCOUNT, type RunningCloud, runCloud } from "./running-cloud.ts";

const READ = "s3:GetObject=arn:aws:s3:::acme-data";

let running: RunningCloud;
let issuer: LoopbackServer;
let server: StartedMcp;
beforeAll(async () => {
  running = await runCloud();
  issuer = await listen(
    async (_, response) => void response.end(await running.cloud.agents.mint({ sub: "agent:demo" })),
  );
  const env = { VALETKEY_URL: running.url, VALETKEY_ACCOUNT: ACCOUNT, VALETKEY_TOKEN_URL: issuer.url };
  server = await startMcp([], env);
});
afterAll(async () => {
  await server.close();
  await issuer.close();
  await running.close();
});

it.runIf(hasAwsCli())(
  "gives the aws command, started by the host, what was granted, until the access ends",
  async () => {
    const { access, environment = {} } = await server.call("request_access", {
      purpose: "reports",
      allow: [`${READ}/reports/*`],
    });
    const read = (key: string) => {
      const env = {
        PATH: process.env.PATH,
        HOME: server.home,
        AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
        ...environment,
      };
      const given = ["s3api", "get-object", "--bucket", "acme-data", "--key", key, join(server.home, "object")];
      return promisify(execFile)("aws", given, { env: { ...env, AWS_MAX_ATTEMPTS: "1" } });
    };
    await read("reports/weekly.csv");
    expect(readFileSync(join(server.home, "object"), "utf8")).toBe("week,orders\n");
    await expect(read("payroll/salaries.csv")).rejects.toMatchObject({
      stderr: expect.stringContaining("AccessDenied"),
    });
    expect(await server.call("end_access", { access })).toEqual({ status: "ended" });
    await expect(read("reports/weekly.csv")).rejects.toMatchObject({ code: expect.any(Number) });
    expect(server.written()).not.toMatch(/ASIA[A-Z0-9]{8}|vk_[a-z0-9]|eyJ/);
  },
);

it("is denied by the hub's own policies, with what a model can ask for instead", async () => {
  const denied = await server.call("request_access", {
    purpose: "reports",
    allow: [`${READ}/reports/*,arn:aws:s3:::acme-payroll/*`],
  });
  expect(denied).toMatchObject({ status: "denied", ask_instead: { allow: [`${READ}/reports/*`], account: ACCOUNT } });
  const granted = await server.call("request_access", denied.ask_instead as Readonly<Record<string, unknown>>);
  expect(granted).toMatchObject({ status: "granted" });
  await server.call("end_access", { access: granted.access });
});
