import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LoopbackServer, listen } from "../loopback-server.ts";
import { hasAwsCli } from "../needs.ts";
import { type StartedMcp, startMcp } from "../unit/client/mcp/start-mcp.ts";
import { CLIENT } from "../unit/client/run-client.ts";
import { startProcess } from "./package/start-process.ts";
import { ACCOUNT, type RunningCloud, runCloud } from "./running-cloud.ts";
import { stdioOverHttp } from "./stdio-over-http.ts";

const READ = "s3:GetObject=arn:aws:s3:::acme-data";

let running: RunningCloud;
let issuer: LoopbackServer;
let server: StartedMcp;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  running = await runCloud();
  issuer = await listen(
    async (_, response) => void response.end(await running.cloud.agents.mint({ sub: "agent:demo" })),
  );
  env = { VALETKEY_URL: running.url, VALETKEY_ACCOUNT: ACCOUNT, VALETKEY_TOKEN_URL: issuer.url };
  server = await startMcp([], env);
});
afterAll(async () => {
  await server.close();
  await issuer.close();
  await running.close();
});

it.runIf(hasAwsCli())(
  "valetkey mcp gives the aws command, started by the host, the granted rights until the access ends",
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

it("valetkey mcp reports a denial by the hub's own policies, with what a model can request instead", async () => {
  const denied = await server.call("request_access", {
    purpose: "reports",
    allow: [`${READ}/reports/*,arn:aws:s3:::acme-payroll/*`],
  });
  expect(denied).toMatchObject({ status: "denied", ask_instead: { allow: [`${READ}/reports/*`], account: ACCOUNT } });
  const granted = await server.call("request_access", denied.ask_instead as Readonly<Record<string, unknown>>);
  expect(granted).toMatchObject({ status: "granted" });
  await server.call("end_access", { access: granted.access });
});

/**
 * Scenarios that only a server with certain tools or declarations passes. `valetkey mcp` has tools of its own, and
 * declares nothing else.
 */
const OF_OTHERS = {
  "tools of the suite's own names": [
    ...[
      "simple-text",
      "image",
      "audio",
      "embedded-resource",
      "mixed-content",
      "with-logging",
      "error",
      "with-progress",
    ],
    ...["sampling", "elicitation"],
  ].map((name) => `tools-call-${name}`),
  "such a tool, by another name": ["json-schema-2020-12", "elicitation-sep1034-defaults", "elicitation-sep1330-enums"],
  "a capability that it does not declare": [
    ...["logging-set-level", "completion-complete", "prompts-list", "resources-list", "resources-read-text"],
    ...["resources-read-binary", "resources-templates-read", "resources-subscribe", "resources-unsubscribe"],
    ...["simple", "with-args", "embedded-resource", "with-image"].map((name) => `prompts-get-${name}`),
  ],
  "HTTP, which stdio is not": ["dns-rebinding-protection", "server-sse-polling", "server-sse-multiple-streams"],
};

it("valetkey mcp passes the whole conformance suite of MCP, but for scenarios of features that it does not have", async () => {
  const suite = fileURLToPath(import.meta.resolve("@modelcontextprotocol/conformance/dist/index.js"));
  const expected = join(server.home, "expected.json");
  writeFileSync(expected, JSON.stringify({ server: Object.values(OF_OTHERS).flat() }));
  const paths = { PATH: process.env.PATH ?? "", HOME: server.home, XDG_CACHE_HOME: server.home };
  const bridge = await stdioOverHttp([CLIENT, "mcp"], { cwd: server.home, env: { ...env, ...paths } });
  try {
    // The suite also fails where a scenario passes that is expected to fail.
    const args = [suite, "server", "--url", bridge.url, "--suite", "all", "--expected-failures", expected];
    const { code, stdout } = await startProcess(process.execPath, args, {});
    expect(code, stdout).toBe(0);
    for (const passed of ["server-initialize", "ping", "tools-list"]) expect(stdout).toContain(`✓ ${passed}: 1 passed`);
  } finally {
    await bridge.close();
  }
}, 60_000);
