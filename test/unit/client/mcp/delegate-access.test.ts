import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CANARY, FakeValetkey } from "../fake-valetkey.ts";
import { runClient } from "../run-client.ts";
import { type StartedMcp, startMcp } from "./start-mcp.ts";

const ASKED = { purpose: "read reports", allow: ["s3:GetObject=arn:aws:s3:::acme-data/reports/*"] };
const PART = { to: "helper", allow: ["s3:GetObject=arn:aws:s3:::acme-data/reports/may.csv"] };

let valetkey: FakeValetkey;
let servers: StartedMcp[];
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  servers = [];
});
afterEach(async () => {
  for (const server of servers) {
    expect(server.written()).not.toContain("CANARY");
    await server.close();
  }
  await valetkey.stop();
});

const environment = () => ({
  VALETKEY_URL: valetkey.url,
  VALETKEY_ACCOUNT: "111122223333",
  VALETKEY_TOKEN: CANARY.identity,
});
async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<StartedMcp> {
  const server = await startMcp(args, { ...environment(), ...env });
  servers.push(server);
  return server;
}
const forms = () => valetkey.of("POST", "/v1/token").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
const delegations = () => forms().filter(({ requested_token_type: type }) => type?.endsWith(":delegation"));

describe("delegate_access", () => {
  it("writes a delegation to a private file, and answers its path and no token; the file ends with the access", async () => {
    const server = await start(["--delegate-to", "helper", "--allow", "cat"]);
    const { access } = await server.call("request_access", ASKED);
    const answer = await server.call("delegate_access", { access, ...PART, minutes: 5 });
    const file = String(answer.file);
    expect(answer).toEqual({ status: "delegated", to: "helper", file, expires_at: expect.stringMatching(/Z$/) });
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([`${CANARY.delegation}\n`, 0o600]);
    expect(delegations()).toMatchObject([{ audience: "helper", task_ttl: "300", subject_token: CANARY.taskToken }]);
    const { output } = await server.call("run_with_access", { access, program: "cat", args: [file] });
    expect(output).toBe("(removed)\n");
    await server.call("end_access", { access });
    expect(existsSync(file)).toBe(false);
  });

  it("is no tool of a server that names no sub-agent", async () => {
    const server = await start([]);
    expect((await server.client.listTools()).tools.map(({ name }) => name)).not.toContain("delegate_access");
    await expect(server.client.callTool({ name: "delegate_access", arguments: {} })).rejects.toThrow(/no such tool/);
  });

  it.each([
    ["another agent", { to: "accomplice" }, "not_allowed"],
    ["no agent", { to: undefined }, "invalid"],
    ["an intent of another form", { allow: ["everything"] }, "invalid"],
    ["no intent, which would be all of the access", { allow: [] }, "invalid"],
    ["a lifetime without an end", { minutes: 1e9 }, "invalid"],
    ["an access that is not alive", { access: "valetkey-00000000" }, "no_access"],
  ])("delegates nothing for %s", async (_, changed, status) => {
    const server = await start(["--delegate-to", "helper"]);
    const { access } = await server.call("request_access", ASKED);
    expect(await server.call("delegate_access", { access, ...PART, ...changed })).toMatchObject({ status });
    expect(delegations()).toEqual([]);
  });

  it("answers the denials where the access has less than the part", async () => {
    const server = await start(["--delegate-to", "helper"]);
    const { access } = await server.call("request_access", ASKED);
    const denials = [{ action: "s3:GetObject", target: "arn", reason: "The task has not got it." }];
    valetkey.delegation = () => ({ status: 403, body: { error: "access_denied", code: "policy_denied", denials } });
    expect(await server.call("delegate_access", { access, ...PART })).toMatchObject({ status: "denied", denials });
  });
});

describe("valetkey mcp of a sub-agent", () => {
  it("opens its access below the parent's task, by the file as it is at each request", async () => {
    const server = await start(["--delegation-file", "handed-on"]);
    const file = join(server.home, "handed-on");
    expect(await server.call("request_access", ASKED)).toMatchObject({ status: "invalid" });
    expect(valetkey.seen).toEqual([]);
    const next = CANARY.delegation.replace(/.$/, "2");
    for (const token of [CANARY.delegation, next]) {
      writeFileSync(file, `${token}\n`);
      const { status, access } = await server.call("request_access", ASKED);
      expect(status).toBe("granted");
      await server.call("end_access", { access });
    }
    expect(forms().map(({ subject_token }) => subject_token)).toEqual([CANARY.delegation, next]);
    expect(forms()[0]).toMatchObject({ subject_token_type: expect.stringMatching(/:delegation$/) });
    rmSync(file);
  });

  it("gives its programs no delegation, and informs the model that a used one opens nothing more", async () => {
    const server = await start(["--allow", "env"], { VALETKEY_DELEGATION: CANARY.delegation });
    const { access } = await server.call("request_access", ASKED);
    const { output } = await server.call("run_with_access", { access, program: "env" });
    expect(output).not.toContain("DELEGATION");
    valetkey.exchange = () => ({ status: 400, body: { error: "invalid_request", code: "delegation_token_invalid" } });
    const { content, isError } = await server.client.callTool({ name: "request_access", arguments: ASKED });
    expect([isError, JSON.stringify(content)]).toEqual([
      true,
      expect.stringContaining("A delegation opens one access."),
    ]);
  });

  it.each(["", "vkd_nothing"])("does not start with a variable that holds no delegation: %j", async (text) => {
    const home = mkdtempSync(join(tmpdir(), "home-"));
    const run = await runClient(["mcp"], { ...environment(), VALETKEY_DELEGATION: text, HOME: home });
    rmSync(home, { recursive: true });
    expect([run.code, run.stderr]).toEqual([64, expect.stringContaining("VALETKEY_DELEGATION holds no delegation")]);
  });
});
