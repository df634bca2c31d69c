import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CANARY, FakeValetkey, opened } from "../fake-valetkey.ts";
import { CLIENT } from "../run-client.ts";
import { type StartedMcp, startMcp } from "./start-mcp.ts";

const ASKED = { purpose: "read a report", allow: ["s3:GetObject=arn:aws:s3:::acme-data/reports/*"] };

let valetkey: FakeValetkey;
let server: StartedMcp;
let folder: string;
const environment = () => ({
  VALETKEY_URL: valetkey.url,
  VALETKEY_ACCOUNT: "111122223333",
  VALETKEY_TOKEN: CANARY.identity,
});
beforeAll(async () => {
  valetkey = await new FakeValetkey().start();
  valetkey.other = ({ method, path }) =>
    method === "GET" && path.startsWith("/v1/tasks/")
      ? { status: 200, body: { status: "active" } }
      : { status: 404, body: {} };
  server = await startMcp(["--allow", "env", "--allow", "sh", "--timeout", "2"], environment());
  folder = join(server.home, "valetkey", "mcp");
});
afterEach(async () => {
  valetkey.exchange = () => opened();
  for (const { access } of (await server.call("access_status")).accesses as { access: string }[])
    await server.call("end_access", { access });
  for (const secret of secretsOf()) expect(server.written()).not.toContain(secret);
});
afterAll(async () => {
  await server.close();
  await valetkey.stop();
});

const secretsOf = () => [CANARY.identity, CANARY.taskToken, CANARY.secret, CANARY.session, "ASIA0"];
const completed = () => valetkey.of("POST", "/complete").length;

describe("valetkey mcp, called by the MCP SDK's client", () => {
  it("reports its name and its tools; run_with_access only where programs are allowed", async () => {
    expect(server.client.getServerVersion()).toMatchObject({ name: "valetkey" });
    expect(server.client.getInstructions()).toContain("request_access");
    const names = (await server.client.listTools()).tools.map(({ name }) => name);
    const usual = ["request_access", "access_status", "what_may_i", "end_access"];
    expect(names).toEqual([...usual, "run_with_access"]);
    const bare = await startMcp([], environment());
    expect((await bare.client.listTools()).tools.map(({ name }) => name)).toEqual(usual);
    await expect(bare.client.callTool({ name: "run_with_access" })).rejects.toThrow(/no such tool/);
    await bare.close();
  });

  it("answers a profile, whose credential_process gives the key to the shell alone", async () => {
    const { status, access = "", environment: variables = {} } = await server.call("request_access", ASKED);
    expect([status, variables.AWS_PROFILE]).toEqual(["granted", access]);
    const config = readFileSync(variables.AWS_CONFIG_FILE ?? "", "utf8");
    for (const secret of secretsOf()) expect(config).not.toContain(secret);
    expect(JSON.parse(await credentialOf(config))).toMatchObject({ Version: 1, SecretAccessKey: CANARY.secret });
    expect(await server.call("access_status", { access })).toMatchObject({ accesses: [{ access, status: "active" }] });
    expect(await server.call("what_may_i")).toMatchObject({ accesses: [{ access, granted: [{ type: "aws" }] }] });
    const before = completed();
    expect(await server.call("end_access", { access })).toEqual({ status: "ended" });
    expect(completed()).toBe(before + 1);
    expect(existsSync(variables.AWS_CONFIG_FILE ?? "")).toBe(false);
    await expect(credentialOf(config)).rejects.toMatchObject({
      stderr: expect.stringContaining("ask for access again"),
    });
    expect(await server.call("end_access", { access })).toEqual({ status: "ended" });
  });

  it("ends nothing, and says so, where the name or an argument is wrong", async () => {
    const { access = "" } = await server.call("request_access", ASKED);
    const before = completed();
    const wrong: readonly (readonly [object, string])[] = [
      [{}, "The argument access is missing. end_access takes access, outcome."],
      [{ access: "valetkey-00000000" }, `No access has this name, so nothing was ended. Alive: ${access}`],
      [{ access, outcome: "done" }, "outcome takes success or failure. Nothing was ended."],
      [{ name: access }, "The argument name is unknown. end_access takes access, outcome."],
    ];
    for (const [given, text] of wrong)
      expect(await server.client.callTool({ name: "end_access", arguments: { ...given } })).toMatchObject({
        isError: true,
        content: [{ text }],
      });
    expect(await server.client.callTool({ name: "what_may_i", arguments: { action: "s3:*" } })).toMatchObject({
      isError: true,
      content: [{ text: "The argument action is unknown. what_may_i takes no arguments." }],
    });
    expect(completed()).toBe(before);
    expect(await server.call("end_access", { access })).toEqual({ status: "ended" });
  });

  it("sends the hub one request for many simultaneous questions about one access", async () => {
    const { access } = await server.call("request_access", ASKED);
    const before = valetkey.seen.length;
    const answers = await Promise.all(Array.from({ length: 100 }, () => server.call("access_status", { access })));
    for (const answer of answers) expect(answer).toMatchObject({ accesses: [{ status: "active" }] });
    expect(valetkey.seen.length - before).toBeLessThan(20);
  });

  it("answers a denial with a request to make instead, as arguments of the same tool", async () => {
    const target = "arn:aws:s3:::acme-data/payroll/*";
    const hint = "Policy covers arn:aws:s3:::acme-data/payroll/public/*: ask for that";
    const denials = [{ action: "s3:GetObject", target, reason: "No policy\u001b[31m permits this.", hint }];
    const body = {
      error: "access_denied",
      code: "policy_denied",
      error_description: "Policy does not permit this.",
      denials,
    };
    valetkey.exchange = () => ({ status: 403, body });
    const denied = await server.call("request_access", { ...ASKED, allow: [`s3:GetObject=${target}`] });
    expect(denied).toMatchObject({
      status: "denied",
      code: "policy_denied",
      denials: [{ action: "s3:GetObject", reason: "No policy [31m permits this.", hint }],
      ask_instead: { purpose: ASKED.purpose, allow: ["s3:GetObject=arn:aws:s3:::acme-data/payroll/public/*"] },
    });
    valetkey.exchange = () => opened();
    expect(await server.call("request_access", denied.ask_instead as object as never)).toMatchObject({
      status: "granted",
    });
    expect(await server.call("what_may_i")).toMatchObject({ denied: [{ target, hint }] });
  });

  it("reports that people have to approve first, and waits for nobody", async () => {
    valetkey.exchange = () => opened({ pending: {} });
    expect(await server.call("request_access", ASKED)).toMatchObject({
      status: "waiting_for_people",
      code: "approval_pending",
    });
    valetkey.exchange = () => undefined;
    expect(await server.call("request_access", ASKED)).toMatchObject({ status: "unavailable" });
  });

  it("grants a repeated request that people have approved meanwhile", async () => {
    let requests = 0;
    valetkey.exchange = () => (requests++ === 0 ? opened({ pending: {} }) : opened());
    expect(await server.call("request_access", ASKED)).toMatchObject({ status: "waiting_for_people" });
    expect(await server.call("request_access", ASKED)).toMatchObject({ status: "granted" });
  });

  const hostile: readonly (readonly [string, object])[] = [
    ["a purpose with control characters", { ...ASKED, purpose: "a\u0007b" }],
    ["a purpose that turns text around", { ...ASKED, purpose: "a\u202eb" }],
    ["a huge purpose", { ...ASKED, purpose: "x".repeat(100_000) }],
    ["a huge request", { ...ASKED, allow: ["x".repeat(500_000)] }],
    ["what is no list", { ...ASKED, allow: "s3:*=*" }],
    ["another argument", { ...ASKED, token: "x" }],
    ["a time without an end", { ...ASKED, minutes: 1e9 }],
    ["an account that is none", { ...ASKED, account: "1111$(id)" }],
    ["no arguments", {}],
  ];
  it.each(hostile)("refuses %s, and sends no request", async (_, given) => {
    const before = valetkey.seen.length;
    expect(await server.call("request_access", given as never)).toMatchObject({ status: "invalid" });
    expect(valetkey.seen.length).toBe(before);
  });

  it("answers a spent budget with when it allows another task, and asks for no repeat and for no lesser request", async () => {
    const spent = { error: "slow_down", code: "budget_spent", budget: "deploys 3/1d agent", retry_after: 600 };
    valetkey.exchange = () => ({ status: 429, body: spent, headers: { "retry-after": "600" } });
    const { content, structuredContent } = await server.client.callTool({ name: "request_access", arguments: ASKED });
    expect(structuredContent).toMatchObject({ status: "later", code: "budget_spent", retry_after: 600 });
    const [{ text }] = content as [{ text: string }];
    expect(text).toMatch(/^The budget "deploys 3\/1d agent" of policy is spent: .* in 10 min\. Waiting helps/);
    expect(text).toContain("Do not repeat the request before then; do something else meanwhile, or tell your user.");
    expect(text).not.toContain("ask for less");
  });

  it("ends a task whose request was cancelled while it was being opened", async () => {
    const [before, controller] = [completed(), new AbortController()];
    let answer: (reply: ReturnType<typeof opened>) => void = () => undefined;
    valetkey.exchange = () => new Promise((resolve) => (answer = resolve));
    const calling = server.call("request_access", ASKED, controller.signal);
    await expect.poll(() => valetkey.of("POST", "/v1/token").length).toBeGreaterThan(0);
    await pause(100);
    controller.abort();
    await expect(calling).rejects.toThrow();
    await pause(100);
    answer(opened());
    await expect.poll(completed).toBe(before + 1);
    expect(await server.call("access_status")).toEqual({ accesses: [] });
  });

  it("answers each of 1,000 calls at once, and opens few tasks", async () => {
    const before = valetkey.of("POST", "/v1/token").length;
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => server.call("request_access", ASKED)));
    const count = (status: string) => answers.filter((each) => each.status === status).length;
    expect(count("granted") + count("busy") + count("too_many")).toBe(1_000);
    expect(count("granted")).toBeLessThanOrEqual(8);
    expect(valetkey.of("POST", "/v1/token").length - before).toBe(count("granted"));
  });
});

describe("run_with_access", () => {
  const open = async () => (await server.call("request_access", ASKED)).access;

  it("runs an allowed program in the server's folder, with the task and without the agent's identity", async () => {
    const ran = await server.call("run_with_access", { access: await open(), program: "env" });
    expect(ran).toMatchObject({ status: "ran", exit: 0 });
    expect(ran.output).toMatch(/AWS_CONTAINER_CREDENTIALS_FULL_URI=/);
    expect(ran.output).toContain("AWS_CONTAINER_AUTHORIZATION_TOKEN=(removed)");
    expect(ran.output).not.toMatch(/VALETKEY_TOKEN|CANARY/);
    const where = await server.call("run_with_access", { access: await open(), program: "sh", args: ["-c", "pwd"] });
    expect(where.output).toBe(`${server.home}\n`);
  });

  it("removes the key of another access, too, whose files the program can read as its user", async () => {
    const { environment: other = {} } = await server.call("request_access", ASKED);
    const folder = dirname(other.AWS_CONFIG_FILE ?? "");
    const args = ["-c", `cat '${folder}'/*.json`];
    const { output } = await server.call("run_with_access", { access: await open(), program: "sh", args });
    expect(output).toContain('"token":"(removed)"');
  });

  it("removes the task's key from a program's output", async () => {
    const fetching =
      "fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI,{headers:{authorization:process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN}}).then(async(a)=>console.log(await a.text()))";
    const given = { program: "sh", args: ["-c", `"${process.execPath}" -e '${fetching}'`] };
    const { output } = await server.call("run_with_access", { access: await open(), ...given });
    expect(output).toContain('"SecretAccessKey":"(removed)"');
  });

  const bypasses = [
    "/bin/id",
    "id",
    "./env",
    "../bin/env",
    "link",
    "/usr/bin/env",
    "env ",
    "ENV",
    "env;id",
    "",
    ["env"],
    null,
  ];
  it.each(bypasses.map((program) => [program]))("runs nothing that was not allowed: %j", async (program) => {
    mkdirSync(server.home, { recursive: true });
    const link = join(server.home, "link");
    if (!existsSync(link)) symlinkSync("/bin/sh", link);
    const ran = await server.call("run_with_access", { access: await open(), program });
    expect(ran).toMatchObject({ status: "not_allowed" });
  });

  it("runs the file that was found at the start, whatever is in the folder now", async () => {
    const decoy = join(server.home, "env");
    writeFileSync(decoy, "#!/bin/sh\necho decoy\n");
    chmodSync(decoy, 0o755);
    const { output } = await server.call("run_with_access", { access: await open(), program: "env" });
    expect(output).not.toContain("decoy");
  });

  it("kills a program and its children at the time-out, and cuts its output", async () => {
    const access = await open();
    const slow = await server.call("run_with_access", { access, program: "sh", args: ["-c", "sleep 30 & sleep 30"] });
    expect(slow).toMatchObject({ status: "timed_out", exit: null });
    const loud = await server.call("run_with_access", {
      access,
      program: "sh",
      args: ["-c", "head -c 200000 /dev/zero | tr '\\0' x"],
    });
    expect([loud.cut, String(loud.output).length]).toEqual([true, 65_536]);
    expect(await server.call("run_with_access", { access, program: "sh", args: ["a\0b"] })).toMatchObject({
      status: "invalid",
    });
    expect(await server.call("run_with_access", { access: "valetkey-none", program: "env" })).toMatchObject({
      status: "no_access",
    });
  });
});

describe("the end of the server", () => {
  it("ends its tasks and removes its files when stdin closes, and at a signal", async () => {
    for (const end of [
      (started: StartedMcp) => started.close(),
      (started: StartedMcp) => process.kill(started.pid, "SIGTERM"),
    ]) {
      const before = completed();
      const other = await startMcp([], { ...environment(), XDG_CACHE_HOME: server.home });
      await other.call("request_access", ASKED);
      await end(other);
      await expect.poll(completed).toBe(before + 1);
      await expect.poll(() => readdirSync(folder).filter((name) => name.startsWith(`${other.pid}-`))).toEqual([]);
    }
  });

  it("ends the programs that run, at a signal and when stdin closes", async () => {
    for (const end of [
      (started: StartedMcp) => started.close(),
      (started: StartedMcp) => process.kill(started.pid, "SIGTERM"),
    ]) {
      const other = await startMcp(["--allow", "sh", "--timeout", "600"], environment());
      const file = join(server.home, `pid-of-${other.pid}`);
      const { access } = await other.call("request_access", ASKED);
      const args = ["-c", `echo $$ > '${file}'; sleep 600`];
      other.call("run_with_access", { access, program: "sh", args }).catch(() => undefined);
      await expect.poll(() => existsSync(file) && readFileSync(file, "utf8")).toMatch(/^\d+\n$/);
      await end(other);
      await expect.poll(() => isAlive(Number(readFileSync(file, "utf8"))), { timeout: 60_000 }).toBe(false);
    }
  });

  it("leaves nothing of a server that was killed to the next one", async () => {
    mkdirSync(join(folder, "4194305-dead"), { mode: 0o700 });
    const next = await startMcp([], { ...environment(), XDG_CACHE_HOME: server.home });
    expect(readdirSync(folder)).not.toContain("4194305-dead");
    await next.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Runs the `credential_process` of a profile, as the SDKs do. */
async function credentialOf(config: string): Promise<string> {
  const [, line = ""] = /credential_process = (.*)/.exec(config) ?? [];
  const [command = "", ...args] = [...line.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word);
  expect(args[0]).toBe(CLIENT);
  return (await promisify(execFile)(command, args, { env: {} })).stdout;
}
