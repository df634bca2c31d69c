import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { printEnv } from "../../../client/commands/print-env.ts";
import { Reporter } from "../../../client/reporter.ts";
import { callClient } from "./call-client.ts";
import { CANARY, credential, FakeValetkey, opened, TASK_ID } from "./fake-valetkey.ts";
import { IDENTITY } from "./run-client.ts";

let valetkey: FakeValetkey;
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
});
afterEach(() => valetkey.stop());

const ask = (...more: string[]) =>
  callClient(
    [
      "env",
      "--url",
      valetkey.url,
      "--purpose",
      "p",
      "--account",
      "111122223333",
      "--allow",
      "s3:ListAllMyBuckets=*",
      ...more,
    ],
    IDENTITY,
  );

describe("valetkey env", () => {
  it.each([
    ["sh", [], { SHELL: "/bin/zsh" }, 'eval "$(npx valetkey env ...)"'],
    [
      "a PowerShell",
      [],
      { SHELL: "", PSModulePath: "x" },
      "npx valetkey env --shell powershell ... | Out-String | Invoke-Expression",
    ],
    ["fish", ["--shell", "fish"], { SHELL: "/usr/bin/fish" }, "npx valetkey env --shell fish ... | source"],
  ] as const)("prints nothing on a terminal but the line by which %s reads it", async (_, flags, shell, line) => {
    Object.assign(process.env, shell);
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    onTestFinished(() => {
      process.stdout.isTTY = isTTY;
    });
    const argv = [
      "--url",
      valetkey.url,
      "--purpose",
      "p",
      "--account",
      "111122223333",
      "--allow",
      "s3:ListAllMyBuckets=*",
      ...flags,
    ];
    const report = new Reporter({ json: false, quiet: true });
    await expect(printEnv(argv, IDENTITY, report)).rejects.toThrow(`prints secrets for a shell to read: ${line}`);
    expect(valetkey.of("POST", "/v1/token")).toEqual([]);
  });

  it("prints what a shell takes for the task's credentials", async () => {
    const { stdout, code } = await ask();
    expect(code).toBe(0);
    const seen = execFileSync("sh", ["-c", `${stdout}\nenv`], { encoding: "utf8", env: { PATH: process.env.PATH } });
    expect(seen.split("\n")).toEqual(
      expect.arrayContaining([
        "AWS_ACCESS_KEY_ID=ASIA0",
        `AWS_SECRET_ACCESS_KEY=${CANARY.secret}`,
        `AWS_SESSION_TOKEN=${CANARY.session}`,
        "AWS_REGION=eu-west-1",
        `VALETKEY_TASK=${TASK_ID}`,
      ]),
    );
  });

  it("names what it does not hand on, and prints none of it", async () => {
    const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 900) };
    const secret = { type: "secret", name: "secret-0", value: "CANARYvalue" };
    valetkey.exchange = () => opened({ credentials: [aws, secret] });
    const { stdout, stderr } = await ask();
    expect(stderr).toContain("env hands on AWS credentials only, and not secret-0");
    expect(stdout + stderr).not.toContain("CANARYvalue");
  });

  it("cannot be made to run anything by what the service answers", async () => {
    const evil = { ...credential(0, 900), SecretAccessKey: "'; echo CAUGHT; '" };
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...evil }] });
    const { stdout } = await ask();
    const seen = execFileSync("sh", ["-c", `${stdout}\nprintf %s "$AWS_SECRET_ACCESS_KEY"`], { encoding: "utf8" });
    expect(seen).toBe("'; echo CAUGHT; '");
  });

  it("doubles every quote that PowerShell takes for one", async () => {
    const evil = { ...credential(0, 900), SecretAccessKey: "a\u2018b\u2019c\u201ad\u201be'f" };
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...evil }] });
    const { stdout } = await ask("--shell", "powershell");
    expect(stdout).toContain("'a\u2018\u2018b\u2019\u2019c\u201a\u201ad\u201b\u201be''f'");
  });

  it.each([
    ["fish", /^set -gx AWS_ACCESS_KEY_ID 'ASIA0'$/m],
    ["powershell", /^\$env:AWS_ACCESS_KEY_ID = 'ASIA0'$/m],
  ])("speaks %s", async (shell, line) => {
    expect((await ask("--shell", shell)).stdout).toMatch(line);
  });

  it("does not leave the task token anywhere", async () => {
    const { stdout, stderr } = await ask();
    expect(stdout + stderr).not.toContain(CANARY.taskToken);
  });

  it("refuses a shell that it does not speak before it opens a task", async () => {
    expect(await ask("--shell", "cmd")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("sh, fish, powershell"),
    });
    expect(valetkey.seen).toEqual([]);
  });
});
