import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COMPILED } from "../../../local/compiled.ts";
import { callClient, execAt, startCall } from "./call-client.ts";
import { CANARY, credential, FakeValetkey, inSeconds, opened, type Reply, TASK_ID } from "./fake-valetkey.ts";
import { CLIENT, execArgs, IDENTITY, inNode, startClient } from "./run-client.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const exec = execAt(() => service);

const completions = () => service.of("POST", "/complete").map(({ body }) => JSON.parse(body));
const tokenForm = () => new URLSearchParams(service.of("POST", "/v1/token")[0]?.body);

describe("the task", () => {
  it("is requested by RFC 8693, with the intent, the purpose and a key of its own", async () => {
    await exec("true", ["--ttl", "600"]);
    const form = tokenForm();
    expect(service.of("POST", "/v1/token")[0]?.contentType).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(form)).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: CANARY.identity,
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      purpose: "a test",
      task_ttl: "600",
      idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
      authorization_details: JSON.stringify([
        {
          type: "aws",
          account: "111122223333",
          actions: ["s3:GetObject"],
          resources: ["arn:aws:s3:::acme-data/reports/*"],
        },
      ]),
    });
  });

  it("is requested on behalf of a person, whose token is the subject and never the command's", async () => {
    const person = `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: "pat", aud: service.url })).toString("base64url")}.c2ln`;
    const run = await exec("echo ${VALETKEY_PERSON_TOKEN-undefined}", ["--on-behalf-of", "env"], {
      VALETKEY_PERSON_TOKEN: person,
    });
    expect(run).toMatchObject({ code: 0, stdout: "undefined\n" });
    expect(Object.fromEntries(tokenForm())).toMatchObject({
      subject_token: person,
      actor_token: CANARY.identity,
      actor_token_type: "urn:ietf:params:oauth:token-type:id_token",
    });
  });

  it("is not opened for a person who is named nowhere", async () => {
    const run = await exec("true", ["--on-behalf-of", "env"]);
    expect([run.code, service.of("POST", "/v1/token")]).toEqual([64, []]);
    expect(run.stderr).toContain("VALETKEY_PERSON_TOKEN, which is empty");
    const inAFile = await exec("true", ["--on-behalf-of", "/nowhere/token"]);
    expect([inAFile.code === 0, service.of("POST", "/v1/token")]).toEqual([false, []]);
  });

  it("hands what connectors issued to the command, at an address and as its programs look for it", async () => {
    const login = { type: "postgres", name: "postgres-0", host: "db", username: "vk_one", password: CANARY.secret };
    const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 900) };
    service.exchange = () => opened({ credentials: [aws, login] });
    const run = await exec(
      inNode(`const { PGUSER, VALETKEY_CREDENTIALS_POSTGRES_0: at } = env;
        const given = JSON.parse((await ask(at, env.VALETKEY_CREDENTIALS_TOKEN)).body);
        const refused = await ask(at);
        console.log(PGUSER, given.host, given.password === env.PGPASSWORD, refused.status);`),
    );
    expect(run).toMatchObject({ code: 0, stdout: "vk_one db true 401\n" });
    expect(run.stderr).not.toContain("CANARY");
  });

  it("is requested again under the same key when the answer got lost", async () => {
    let calls = 0;
    service.exchange = () => (calls++ === 0 ? undefined : opened());
    const run = await exec("true");
    const keys = service.of("POST", "/v1/token").map(({ body }) => new URLSearchParams(body).get("idempotency_key"));
    expect(run.code).toBe(0);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it("needs one approval for several runs where the command line has that, and for one otherwise", async () => {
    const args = execArgs(service.url, "true");
    await callClient([...args.slice(0, -4), "--standing", "7/7d", ...args.slice(-4)], IDENTITY);
    await exec("true");
    const terms = service.of("POST", "/v1/token").map(({ body }) => new URLSearchParams(body).get("standing"));
    expect(terms).toEqual(["7/7d", null]);
  });

  it.each([
    ["true", 0, { outcome: "success", detail: "exit 0" }],
    ["exit 3", 3, { outcome: "failure", detail: "exit 3" }],
    ["kill -KILL $$", 137, { outcome: "failure", detail: "SIGKILL" }],
  ])("is ended once, with what became of the command: %s", async (program, code, outcome) => {
    const run = await exec(program);
    expect(run.code).toBe(code);
    expect(completions()).toEqual([outcome]);
    expect(service.of("POST", "/complete")[0]?.authorization).toBe(`Bearer ${CANARY.taskToken}`);
    expect(run.stderr).toContain(`task ${TASK_ID} ended`);
  });

  it.each([
    ["a command that does not exist", "no-such-command-here", 127, "not started: ENOENT"],
    ["a command that is a folder", "/", 126, "not started: EACCES"],
  ])("is ended once after %s", async (_, command, code, detail) => {
    const run = await callClient(execArgs(service.url, [command]), IDENTITY);
    expect(run.code).toBe(code);
    expect(completions()).toEqual([{ outcome: "failure", detail }]);
    expect(run.stderr).toContain(`${command} cannot be run`);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("is ended once when %s comes, which the command gets too", async (signal, code) => {
    const client = startClient(execArgs(service.url, "echo up; exec sleep 100"), IDENTITY);
    await client.printed("up");
    client.kill(signal);
    expect((await client.ended).code).toBe(code);
    expect(completions()).toEqual([{ outcome: "failure", detail: signal }]);
  });

  it("lasts until a command that handles the signal itself has finished", async () => {
    const program = "trap 'sleep 0.2; exit 5' TERM; echo up; while :; do sleep 0.05; done";
    const client = startCall(execArgs(service.url, program), IDENTITY);
    await client.printed("up");
    client.kill("SIGTERM");
    expect((await client.ended).code).toBe(5);
    expect(completions()).toEqual([{ outcome: "failure", detail: "exit 5" }]);
  });

  it("is ended when the shell dies in which npx runs us", async () => {
    // A shell with something left to do stays our parent, as npm's does, and hands no signal on.
    const client = execArgs(service.url, "trap 'exit 6' TERM; echo up; while :; do sleep 0.05; done");
    const line = [process.execPath, CLIENT, ...client].map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(" ");
    const shell = spawn("sh", ["-c", `${line}; true`], {
      env: { ...IDENTITY, NODE_COMPILE_CACHE: COMPILED, npm_lifecycle_event: "npx" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(shell.stdout, "data");
    shell.kill("SIGTERM");
    await vi.waitFor(() => expect(completions()).toEqual([{ outcome: "failure", detail: "exit 6" }]), 60_000);
  });

  it("is ended, and the command never run, when a signal comes before the task is there", async () => {
    let arrived = () => {};
    const requested = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let answer = (_: Reply) => {};
    service.exchange = () => {
      arrived();
      return new Promise<Reply>((resolve) => {
        answer = resolve;
      });
    };
    const client = startCall(execArgs(service.url, "echo ran"), IDENTITY);
    await requested;
    client.kill("SIGTERM");
    setTimeout(() => answer(opened()), 100);
    const run = await client.ended;
    expect(run).toMatchObject({ code: 143, stdout: "" });
    expect(completions()).toEqual([{ outcome: "failure", detail: "the command was not started" }]);
  });

  it("is ended though valetkey is away for 2.5 seconds as the command ends, with a report that it takes long", async () => {
    let upAt = 0;
    service.completion = () => {
      upAt ||= Date.now() + 2_500;
      return Date.now() < upAt ? undefined : { status: 200, body: { status: "completed" } };
    };
    const run = await exec("true");
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining("ended (success: exit 0)")]);
    expect(run.stderr).toContain("still ending the task ...");
    expect(run.stderr).not.toContain("COULD NOT");
  });

  it("that was revoked meanwhile is not reported to have ended well: 76, and by whom", async () => {
    const ended = { status: "revoked", ended_at: "2026-11-26T12:00:00Z", ended_by: "condition:change-freeze" };
    service.completion = () => ({ status: 200, body: ended });
    const { code, stderr } = await exec("true", ["--quiet"]);
    expect([code, stderr]).toEqual([
      76,
      expect.stringContaining("was revoked by condition:change-freeze at 2026-11-26T12:00:00Z, before its command"),
    ]);
  });

  it.each(["completed", "expired"])("that had %s keeps the command's own code", async (status) => {
    service.completion = () => ({ status: 200, body: { status, ended_at: "2026-11-26T12:00:00Z" } });
    expect((await exec("exit 3", ["--quiet"])).code).toBe(3);
  });

  it("is ended even if nobody reads the output any more", async () => {
    const client = startClient(execArgs(service.url, "echo up; sleep 0.2"), IDENTITY);
    client.closeStderr();
    expect((await client.ended).code).toBe(0);
    expect(completions()).toHaveLength(1);
  });

  it("is not reported to live on when it had ended at its deadline", async () => {
    service.exchange = () => opened({ task: { expires_at: inSeconds(0) } });
    service.completion = () => ({ status: 403, body: { error: "invalid_grant" } });
    const run = await exec("true");
    expect(run.stderr).toContain("had ended at its deadline");
    expect(run.stderr).not.toContain("WARNING");
  });

  it("that somebody else ended before its deadline is reported not to have been ended by us", async () => {
    service.completion = () => ({ status: 403, body: { error: "invalid_grant" } });
    expect((await exec("true")).stderr).toContain("COULD NOT BE ENDED (the service answered 403)");
    expect(completions()).toHaveLength(1);
  });

  it("is loudly reported to live on when it cannot be ended, and the command's exit code stays", async () => {
    service.completion = () => ({ status: 403, body: {} });
    const run = await exec("exit 4", ["--quiet"]);
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(/WARNING: task \S+ COULD NOT BE ENDED \(the service answered 403\).*\/end$/m);
  });

  it("that waits for a person is ended, and the command never run", async () => {
    service.exchange = () => opened({ task: { status: "pending_approval" }, credentials: [] });
    const run = await exec("echo ran");
    expect(run).toMatchObject({ code: 75, stdout: "" });
    expect(run.stderr).toContain("pending_approval");
    expect(completions()).toHaveLength(1);
  });

  it("runs the command once people have approved", async () => {
    let requests = 0;
    service.exchange = () => (requests++ === 0 ? opened({ pending: { interval: 0.2 } }) : opened());
    const run = await exec("echo ran");
    expect(run).toMatchObject({ code: 0, stdout: "ran\n" });
    expect(run.stderr).toMatch(/waiting for sre \(0 of 2\), 1\d:\d\d left, https:/);
    expect(completions()).toEqual([{ outcome: "success", detail: "exit 0" }]);
    expect(run.stderr).not.toContain("CANARY");
  });

  it("with --no-wait: leaves the request to people, and prints the next step", async () => {
    service.exchange = () => opened({ pending: {} });
    const run = await exec("echo ran", ["--no-wait"]);
    expect(run).toMatchObject({ code: 75, stdout: "" });
    expect(run.stderr).toContain("run the same command again");
    expect(completions()).toEqual([]);
  });

  it("with --no-wait: runs the command once people have approved the request, with one request each time", async () => {
    let requests = 0;
    service.exchange = () => (requests++ === 0 ? opened({ pending: {} }) : opened());
    expect(await exec("echo ran", ["--no-wait"])).toMatchObject({ code: 75, stdout: "" });
    expect(await exec("echo ran", ["--no-wait"])).toMatchObject({ code: 0, stdout: "ran\n" });
    expect(completions()).toEqual([{ outcome: "success", detail: "exit 0" }]);
  });

  it("with --accept-less: reports in one line what the task has, and what was left out", async () => {
    const actions = Array.from({ length: 43 }, (_, index) => `s3:Action${index}`);
    const targets = ["a", "b", "c", "d"].map((name) => `arn:aws:s3:::acme-data/${name}`);
    const denials = targets.flatMap((target, index) =>
      actions.slice(index).map((action) => ({ action, target, reason: "No policy permits it.\u001b[2J" })),
    );
    const whole = opened();
    const granted = [
      {
        type: "aws",
        account: "111122223333",
        actions: ["s3:GetObject"],
        resources: ["arn:aws:s3:::acme-data/e\u001b[2J"],
      },
    ];
    service.exchange = () =>
      whole && { ...whole, body: { ...Object(whole.body), authorization_details: granted, denials } };
    const run = await exec("echo ran", ["--accept-less"]);
    expect(run).toMatchObject({ code: 0, stdout: "ran\n" });
    const lines = run.stderr.split("\n").filter((line) => line.includes("left out"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      / has less than requested \(it has s3:GetObject on [^ ]+\/e \[2J\); left out: s3:Action0, .* and 37 more on .*\/a; .*; and 1 more$/,
    );
    expect(lines[0]?.length).toBeLessThan(600);
    expect(lines[0]).not.toContain("\u001b");
    expect((await exec("echo ran", ["--accept-less", "--quiet"])).stderr).not.toContain("left out");
  });

  it("prints the reason of the person who denied the request, and no further line about the task", async () => {
    let requests = 0;
    const reason = 'not during the "freeze"\u001b[2K';
    const denied = {
      error: "access_denied",
      code: "approval_denied",
      error_description: "A person denied it.",
      reason,
    };
    service.exchange = () =>
      requests++ === 0 ? opened({ pending: { interval: 0.2 } }) : { status: 403, body: denied };
    service.completion = () => ({ status: 200, body: { status: "revoked", ended_at: "2026-12-02T10:00:00Z" } });
    const run = await exec("echo ran");
    expect(run).toMatchObject({ code: 77, stdout: "" });
    expect(run.stderr).toContain('A person denied it. The reason: "not during the \\"freeze\\"');
    expect(run.stderr).not.toMatch(/revoked|not begun/);
    expect(run.stderr).not.toContain("\u001b");
    requests = 0;
    const lines = (await exec("echo ran", ["--json"])).stderr.trim().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ event: "approval_denied", reason });
  });

  it("withdraws the request on Ctrl-C", async () => {
    service.exchange = () => opened({ pending: {} });
    const client = startCall(execArgs(service.url, "echo ran"), IDENTITY);
    await client.said("waiting for sre");
    client.kill("SIGINT");
    expect(await client.ended).toMatchObject({ code: 130, stdout: "" });
    expect(completions()).toEqual([{ outcome: "failure", detail: "it was not begun" }]);
  });
});
