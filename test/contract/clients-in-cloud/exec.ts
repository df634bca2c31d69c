import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { SECRET_TAGS } from "../../../functions/names.ts";
import { CLIENT, startClient } from "../../unit/client/run-client.ts";
import { startProcess } from "../package/start-process.ts";
import { ACCOUNT, BUCKET } from "../running-cloud.ts";
import type { ClientsCloud } from "./clients-cloud.ts";

/** Prints each key with its content, or with the refusal. */
const READ = `
  import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
  const client = new S3Client({ forcePathStyle: true, maxAttempts: 1 });
  for (const Key of process.argv.slice(1)) {
    const read = client.send(new GetObjectCommand({ Bucket: "${BUCKET}", Key }));
    console.log(Key, await read.then(() => "read", (error) => error.name));
  }`;
const read = (...keys: string[]) => [process.execPath, "--input-type=module", "-e", READ, ...keys];
const WEEKLY = `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/weekly.csv`;
const KEYS = ["reports/weekly.csv", "reports/monthly.csv", "payroll/salaries.csv"];

/** Tests of the `exec` command against a running cloud. */
export function execCommand(cloud: ClientsCloud): void {
  beforeAll(() => {
    cloud.running.cloud.aws.admin(ACCOUNT).putObject(BUCKET, "reports/monthly.csv", "month,orders\n");
  });
  const environment = async () => ({
    HOME: cloud.home,
    AWS_ENDPOINT_URL: cloud.running.cloud.aws.endpoint,
    VALETKEY_URL: cloud.running.url,
    VALETKEY_ACCOUNT: ACCOUNT,
    VALETKEY_TOKEN: await cloud.running.cloud.agents.mint({ sub: "agent:demo" }),
  });
  const exec = async (...args: readonly string[]) =>
    startProcess(process.execPath, [CLIENT, "exec", ...args], await environment());
  const task = ["--purpose", "reports", "--allow", `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/*`];

  describe("valetkey exec, in a running cloud", () => {
    it("runs a command with the task's rights and no others", async () => {
      const { stdout, code } = await exec(...task, "--", ...read(...KEYS));
      expect([code, stdout]).toEqual([
        0,
        "reports/weekly.csv read\nreports/monthly.csv read\npayroll/salaries.csv AccessDenied\n",
      ]);
    });

    it("answers a denied s3:* with the command that works, and whoami and can-i agree with it", async () => {
      const all = `s3:*=arn:aws:s3:::${BUCKET}/reports/*`;
      const denied = await exec("--purpose", "reports", "--allow", all, "--", ...read("reports/weekly.csv"));
      expect(denied).toMatchObject({ code: 77, stdout: "" });
      const [, instead = ""] = /ask instead:\n\s+npx valetkey exec (.*) -- \.\.\.\n/.exec(denied.stderr) ?? [];
      const flags = instead.split(" --").map((flag) => flag.replace(/^--/, "").split(/ (.*)/s).slice(0, 2));
      const args = flags.flatMap(([name = "", value = ""]) => [`--${name}`, value.replaceAll("'", "")]);
      const granted = await exec(...args, "--", ...read("reports/weekly.csv"));
      expect([granted.code, granted.stdout]).toEqual([0, "reports/weekly.csv read\n"]);

      const ask = async (...words: readonly string[]) =>
        startProcess(process.execPath, [CLIENT, ...words], await environment());
      expect(await ask("can-i", WEEKLY)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^yes\n/) });
      const inPart = await ask("can-i", all);
      expect(inPart).toMatchObject({ code: 77, stdout: expect.stringContaining("permitted: s3:GetObject") });
      expect(await ask("can-i", "--list")).toMatchObject({ code: 0, stdout: expect.stringContaining("acme-data") });
      expect(await ask("whoami")).toMatchObject({
        stderr: "",
        code: 0,
        stdout: expect.stringContaining("subject  agent:demo"),
      });
    });

    it("hands a secret to the command, and not to a narrower command inside it", async () => {
      const tags = { [SECRET_TAGS.managed]: "true" };
      cloud.running.cloud.aws
        .admin("999900001111")
        .createSecret({ name: "demo/api-key", value: "CANARY-of-a-key", tags });
      const intent = join(cloud.home, "intent.json");
      const reports = {
        type: "aws",
        account: ACCOUNT,
        actions: ["s3:GetObject"],
        resources: [`arn:aws:s3:::${BUCKET}/reports/*`],
      };
      const secret = { type: "secret", actions: ["read"], identifiers: ["demo/api-key"] };
      writeFileSync(intent, JSON.stringify([reports, secret]));
      const ask = `const { VALETKEY_CREDENTIALS_SECRET_1: at, VALETKEY_CREDENTIALS_TOKEN: authorization } = process.env;
      console.log(at ? await (await fetch(at, { headers: { authorization } })).text() : "none");`;
      const see = [process.execPath, "--input-type=module", "-e", ask];
      const flags = ["--purpose", "reports", "--intent", intent, "--"];
      const outer = await exec(...flags, ...see);
      expect(JSON.parse(outer.stdout)).toMatchObject({ type: "secret", name: "secret-1" });
      expect(outer.stdout).toContain("CANARY-of-a-key");
      expect(outer.stderr).not.toContain("CANARY");
      const inner = await exec(...flags, process.execPath, CLIENT, "exec", "--narrow", "--allow", WEEKLY, "--", ...see);
      expect([inner.code, inner.stdout]).toEqual([0, "none\n"]);
    });

    it("runs a narrower command inside, and refuses what that requests beyond the task", async () => {
      const narrow = [process.execPath, CLIENT, "exec", "--narrow", "--ttl", "60"];
      const within = [...narrow, "--allow", WEEKLY, "--allow", `s3:GetObject=arn:aws:s3:::${BUCKET}/payroll/*`];
      const { stdout, stderr, code } = await exec(...task, "--", ...within, "--", ...read(...KEYS));
      expect(stderr).toContain("characters of policy, within task");
      expect(stdout).toBe(
        "reports/weekly.csv read\nreports/monthly.csv AccessDenied\npayroll/salaries.csv AccessDenied\n",
      );
      expect(code).toBe(0);
    });

    it("leaves no working key after the deadline, even if it is killed and cannot end the task", async () => {
      // A command that keeps its keys, rather than fetch them again from a loopback that is gone.
      const program = `
      import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
      const options = { forcePathStyle: true, maxAttempts: 1 };
      const client = new S3Client({ ...options, credentials: await new S3Client(options).config.credentials() });
      const read = () => client.send(new GetObjectCommand({ Bucket: "${BUCKET}", Key: "reports/weekly.csv" })).then(
        () => "read", (error) => error.name);
      console.log("up", await read());
      for (;;) {
        const beganAtMs = Date.now();
        const met = await read();
        if (met !== "read") { console.log(met); break; }
        console.log(beganAtMs);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }`;
      const client = startClient(
        ["exec", ...task, "--ttl", "5", "--json", "--", process.execPath, "--input-type=module", "-e", program],
        await environment(),
      );
      const { expires_at: deadline } = JSON.parse(await client.said("task_started")) as { expires_at: string };
      await client.printed("up read");
      client.kill("SIGKILL");
      const { signal, stdout } = await client.ended;
      const lines = stdout.trim().split("\n").slice(1);
      expect([signal, lines.pop()]).toEqual(["SIGKILL", "AccessDenied"]);
      expect(Math.max(...lines.map(Number))).toBeLessThan(Date.parse(deadline) + 500);
    });

    it("suggests a request where a command needs more, and that request is granted", async () => {
      const wide = ["--purpose", "reports", "--allow", `s3:GetObject=arn:aws:s3:::${BUCKET}/*`, "--json"];
      const refused = await exec(...wide, "--", "echo", "it's granted");
      const { event, denials, instead } = JSON.parse(refused.stderr);
      expect([refused.code, event, denials.length]).toEqual([77, "policy_denied", 1]);
      expect(instead).toContain(`--allow 's3:GetObject=arn:aws:s3:::${BUCKET}/reports/*'`);
      // As a person pastes it: npx would start the same command.
      const line = instead.replace(/^npx valetkey/, `${process.execPath} ${CLIENT}`);
      const granted = await startProcess("sh", ["-c", line], await environment());
      expect(granted).toMatchObject({ code: 0, stdout: "it's granted\n" });
    });

    it("prints the flag for a call that AWS refused, which the next task gets, and whether policy permits it", async () => {
      const { VALETKEY_TOKEN: _, ...rest } = await environment();
      const env = { ...rest, VALETKEY_TOKEN_URL: `${cloud.running.cloud.agents.tokenUri}?agent=demo` };
      const program = `
      import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
      const client = new S3Client({ forcePathStyle: true, maxAttempts: 1 });
      for (const Key of process.argv.slice(1))
        await client.send(new GetObjectCommand({ Bucket: "${BUCKET}", Key })).catch((error) => console.error(error));`;
      const exec = (...args: readonly string[]) =>
        startProcess(
          process.execPath,
          [
            CLIENT,
            "exec",
            "--purpose",
            "reports",
            ...args,
            "--",
            process.execPath,
            "--input-type=module",
            "-e",
            program,
          ].concat(KEYS),
          env,
        );
      const refused = await exec("--allow", WEEKLY);
      const words = "the command reports that AWS refused s3:GetObject on";
      expect(refused.stderr.split("\n").filter((line) => line.includes(words))).toEqual([
        expect.stringMatching(/reports\/monthly\.csv, .* policy permits it: --allow '.*'$/),
        expect.stringMatching(/payroll\/salaries\.csv, .* policy does not permit it either$/),
      ]);
      const [, flag = ""] = /permits it: --allow '(.*)'/.exec(refused.stderr) ?? [];
      const granted = await exec("--allow", WEEKLY, "--allow", flag);
      expect(granted.stderr).not.toContain("monthly");
      expect(granted.stderr).toContain("payroll/salaries.csv");
    });

    it("narrows at most three times, each time further", async () => {
      const narrow = [process.execPath, CLIENT, "exec", "--narrow", "--allow", WEEKLY, "--"];
      const three = await exec(...task, "--", ...narrow, ...narrow, ...narrow, ...read(...KEYS));
      expect(three.stdout).toBe(
        "reports/weekly.csv read\nreports/monthly.csv AccessDenied\npayroll/salaries.csv AccessDenied\n",
      );
      const four = await exec(...task, "--", ...narrow, ...narrow, ...narrow, ...narrow, ...read(...KEYS));
      expect([four.code, four.stdout]).toEqual([77, ""]);
    });
  });

  describe("valetkey exec --narrow", () => {
    it.each([
      ["outside a task", ["--narrow", "--allow", WEEKLY], /works inside a task/],
      ["without an intent", ["--narrow"], /say what the task needs/],
      ["for a tool", ["--narrow", "--tool", "a=b"], /AWS actions of one account/],
      [
        "with a policy variable",
        ["--narrow", "--allow", `s3:GetObject=arn:aws:s3:::b/\${aws:userid}`],
        /no policy variables/,
      ],
    ])("refuses an impossible request %s", async (_, args, sentence) => {
      expect(await exec(...args, "--", "true")).toMatchObject({ code: 64, stderr: expect.stringMatching(sentence) });
    });
  });
}
