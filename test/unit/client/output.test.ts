import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callClient, execAt } from "./call-client.ts";
import { CANARY, credential, FakeValetkey, inSeconds, opened, TASK_ID } from "./fake-valetkey.ts";
import { inNode, type Run } from "./run-client.ts";

let service: FakeValetkey;
beforeEach(async () => {
  service = await new FakeValetkey().start();
});
afterEach(() => service.stop());

const exec = execAt(() => service);

const deny = (status: number, body: object, headers?: Record<string, string>) => () => ({
  status,
  body,
  ...(headers && { headers }),
});

describe("the output", () => {
  const nothingLeaks = (run: Run) => expect(run.stdout + run.stderr).not.toMatch(/CANARY/);

  it.each([
    ["a run", () => opened(), [] as string[]],
    ["a run in JSON", () => opened(), ["--json"]],
    ["a refusal", deny(403, { error: "access_denied", error_description: "no" }), []],
    [
      "an answer that cannot be read",
      () => ({ status: 200, body: { access_token: CANARY.taskToken, subject: CANARY.identity } }),
      [],
    ],
    ["an outage", () => ({ status: 503, body: `{"error": "${"x"}", "${CANARY.secret}"` }), ["--json"]],
  ])("of %s holds no token and no key", async (_, exchange, options) => {
    service.exchange = exchange;
    nothingLeaks(await exec("true", options));
  });

  it("of a command line that is wrong does not quote the token in it", async () => {
    for (const wrong of [
      ["--tokne", CANARY.identity],
      [CANARY.identity],
      [`--token-flie=${CANARY.identity}`],
      [`--${CANARY.identity}`],
      ["--token"],
    ]) {
      const run = await callClient(["exec", ...wrong, "--", "true"]);
      expect(run.code).toBe(64);
      nothingLeaks(run);
    }
  });

  it("of the command is all there is on stdout", async () => {
    expect((await exec("echo mine")).stdout).toBe("mine\n");
  });

  it("is nothing at all on a good day with --quiet", async () => {
    expect((await exec("true", ["--quiet"])).stderr).toBe("");
  });

  it("with --json is one object a line, each with an event and a message", async () => {
    const lines = (await exec("exit 3", ["--json"])).stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { event: "task_started", message: expect.any(String), task: TASK_ID, expires_at: expect.any(String) },
      { event: "task_ended", message: expect.any(String), task: TASK_ID, outcome: "failure", detail: "exit 3" },
    ]);
  });

  it("prints what is taking long after two seconds", async () => {
    service.exchange = () => new Promise((resolve) => setTimeout(() => resolve(opened()), 2_300));
    expect((await exec("true")).stderr).toContain("valetkey: still waiting for valetkey ...");
  });

  it("prints which account the command gets, and where the others are", async () => {
    const two = ["111122223333", "444455556666"].map((account, index) => ({
      type: "aws",
      name: `aws-${index}`,
      account,
      ...credential(index, 900),
    }));
    service.exchange = () => opened({ credentials: two });
    const run = await exec(
      inNode(`for (const url of [env.AWS_CONTAINER_CREDENTIALS_FULL_URI, env.VALETKEY_CREDENTIALS_AWS_1])
        console.log(JSON.parse((await ask(url, env.AWS_CONTAINER_AUTHORIZATION_TOKEN)).body).AccessKeyId);`),
    );
    expect(run.stdout).toBe("ASIA0\nASIA1\n");
    expect(run.stderr).toContain("the command gets credentials of account 111122223333");
    expect(run.stderr).toContain("444455556666 at $VALETKEY_CREDENTIALS_AWS_1");
  });
});

describe("the command's credentials", () => {
  it("are refused, and reported so, once the task was ended by somebody else", async () => {
    service.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 1) }] });
    service.renewal = () => ({
      status: 403,
      body: { Code: "invalid_grant", Message: "The task has ended; start a new one." },
    });
    const run = await exec(
      inNode(`await new Promise((resolve) => setTimeout(resolve, 1100));
        const answer = await ask(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, env.AWS_CONTAINER_AUTHORIZATION_TOKEN);
        console.log(answer.status, answer.body);`),
    );
    expect(run.stdout).toContain('403 {"Code":"AccessDenied","Message":"The task has ended; start a new one."}');
    expect(run.stderr).toContain("no more credentials for aws-0: The task has ended");
  });

  it("are gone once the command has ended, whatever it left running", async () => {
    const run = await exec("echo $AWS_CONTAINER_CREDENTIALS_FULL_URI");
    await expect(fetch(run.stdout.trim())).rejects.toThrow();
  });

  it("are never printed as outliving the task", async () => {
    const expires_at = inSeconds(60);
    service.exchange = () => opened({ task: { expires_at } });
    expect((await exec("true")).stderr).toContain(expires_at);
  });
});
