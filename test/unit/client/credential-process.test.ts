import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPrivateFile, writePrivateFile } from "../../../client/files/private-file.ts";
import { callClient } from "./call-client.ts";
import { CANARY, credential, FakeValetkey, inSeconds, opened } from "./fake-valetkey.ts";
import { IDENTITY, type Run, runClient } from "./run-client.ts";

let valetkey: FakeValetkey;
let cache: string;
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  cache = mkdtempSync(join(tmpdir(), "valetkey-cache-"));
});
afterEach(async () => {
  await valetkey.stop();
  rmSync(cache, { recursive: true });
});

type Start = (args: readonly string[], env: Readonly<Record<string, string>>) => Promise<Run>;
const startedBy =
  (start: Start) =>
  (more: readonly string[] = [], env: Record<string, string> = {}) =>
    start(
      [
        "credential-process",
        ...["--url", valetkey.url, "--purpose", "p", "--account", "111122223333"],
        ...["--allow", "s3:GetObject=arn:aws:s3:::acme-data/reports/*"],
        ...more,
      ],
      { ...IDENTITY, XDG_CACHE_HOME: cache, ...env },
    );
const ask = startedBy(callClient);
/** In a process of its own, as an SDK starts it. */
const askInProcess = startedBy(runClient);
const exchanges = () => valetkey.of("POST", "/v1/token").length;
const renewals = () => valetkey.of("GET", "/credentials/aws-0").length;
const cacheFile = () =>
  join(cache, "valetkey", readdirSync(join(cache, "valetkey")).find((name) => name.endsWith(".json")) ?? "none");

/** As if the file had been written so long ago. */
function age(seconds: number): void {
  const file = JSON.parse(readFileSync(cacheFile(), "utf8"));
  writeFileSync(cacheFile(), JSON.stringify({ ...file, issuedAtMs: file.issuedAtMs - seconds * 1_000 }), {
    mode: 0o600,
  });
}

describe("valetkey credential-process", () => {
  it("a connector's credentials are neither handed on nor stored, and the command reports them", async () => {
    const aws = { type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 900) };
    valetkey.exchange = () =>
      opened({ credentials: [aws, { type: "secret", name: "secret-0", value: "CANARYvalue" }] });
    const { stdout, stderr, code } = await ask();
    expect(code).toBe(0);
    expect(stderr).toContain("not secret-0");
    expect(stdout + stderr + readFileSync(cacheFile(), "utf8")).not.toContain("CANARYvalue");
  });

  it("prints what SDKs want, and nothing else on stdout", async () => {
    const { code, stdout } = await ask();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      Version: 1,
      AccessKeyId: "ASIA0",
      SecretAccessKey: CANARY.secret,
      SessionToken: CANARY.session,
      Expiration: expect.any(String),
      AccountId: "111122223333",
    });
  });

  it("sends valetkey one request for each credential, however often it is started", async () => {
    for (const start of [askInProcess, ask, ask]) expect((await start()).code).toBe(0);
    expect([exchanges(), renewals()]).toEqual([1, 0]);
  });

  it("opens one task when many start at once", async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => askInProcess()));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(exchanges()).toBe(1);
  });

  it("renews the credential of a task that lives on, and opens no second one", async () => {
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 120) }] });
    await ask();
    age(600);
    expect(JSON.parse((await ask()).stdout).AccessKeyId).toBe("ASIA1");
    expect([exchanges(), renewals()]).toEqual([1, 1]);
  });

  it("gives what it holds while valetkey cannot be reached, as long as that works", async () => {
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 120) }] });
    await ask();
    age(600);
    valetkey.renewal = () => undefined;
    expect(JSON.parse((await ask()).stdout).AccessKeyId).toBe("ASIA0");
  });

  it("opens a new task when the old one was ended, and never gives out what it held of it", async () => {
    await ask();
    age(1_000);
    valetkey.renewal = () => ({ status: 403, body: { Message: "The task has ended." } });
    valetkey.exchange = () =>
      opened({ credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(7, 900) }] });
    expect(JSON.parse((await ask()).stdout).AccessKeyId).toBe("ASIA7");
    expect(exchanges()).toBe(2);
  });

  it("does not give out what is about to expire", async () => {
    valetkey.exchange = () =>
      opened({
        task: { expires_at: inSeconds(20) },
        credentials: [{ type: "aws", name: "aws-0", account: "111122223333", ...credential(0, 20) }],
      });
    await ask();
    await ask();
    expect(exchanges()).toBe(2);
  });

  it.each([
    ["another purpose", ["--purpose", "q"], {}],
    ["another time", ["--ttl", "60"], {}],
    ["another intent", ["--tool", "tickets=read"], {}],
    ["another identity", [], { VALETKEY_TOKEN: "eyOTHER0.eyOTHER1.OTHER2" }],
  ])("never shares a credential with %s", async (_, more, env) => {
    await ask();
    await ask(more, env);
    expect(exchanges()).toBe(2);
  });

  it("stores it in a file for nobody else, and believes no file that somebody else could write", async () => {
    await ask();
    expect(statSync(cacheFile()).mode & 0o777).toBe(0o600);
    expect(statSync(join(cache, "valetkey")).mode & 0o777).toBe(0o700);
    chmodSync(cacheFile(), 0o644);
    await ask();
    expect(exchanges()).toBe(2);
  });

  it.each(["[1,2,3]", "1", "null", "{}", '{"task":1}', '{"task":{"id":"x"}}', '"', ""])(
    "opens a task anew where the file holds %j, and stores that",
    async (text) => {
      await ask();
      writeFileSync(cacheFile(), text, { mode: 0o600 });
      expect((await ask()).code).toBe(0);
      expect((await ask()).code).toBe(0);
      expect(exchanges()).toBe(2);
    },
  );

  it("never shares a credential with another identity whose token comes to lie in the same file", async () => {
    const path = join(cache, "token");
    const as = (sub: string) => {
      const claims = { iss: "https://login.example.com", sub, aud: valetkey.url, jti: Math.random() };
      writeFileSync(path, `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`);
      return ask(["--token-file", path]);
    };
    for (const sub of ["one", "one", "two", "two"]) expect((await as(sub)).code).toBe(0);
    expect(exchanges()).toBe(2);
  });

  it("reads through no link, though it leads to a file of one's own", async () => {
    await ask();
    const path = cacheFile();
    renameSync(path, join(cache, "elsewhere"));
    symlinkSync(join(cache, "elsewhere"), path);
    await ask();
    expect(exchanges()).toBe(2);
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
  });

  it("stores nothing in a folder that others can write to, and opens no task", async () => {
    mkdirSync(join(cache, "valetkey"));
    chmodSync(join(cache, "valetkey"), 0o777);
    const { code, stdout, stderr } = await ask();
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toContain("is not yours alone to write to");
    expect(exchanges()).toBe(0);
  });

  it("believes nothing in such a folder, though the file is its own", async () => {
    await ask();
    chmodSync(join(cache, "valetkey"), 0o777);
    expect((await ask()).code).toBe(64);
  });

  it("is not stopped by what a process that died left half written", async () => {
    const text = "left";
    mkdirSync(join(cache, "valetkey"), { mode: 0o700 });
    const path = join(cache, "valetkey", "file.json");
    writeFileSync(`${path}.${process.pid}`, text);
    writePrivateFile(path, "whole");
    expect(readPrivateFile(path)).toBe("whole");
  });

  it("stores nothing and prints nothing where the task is refused", async () => {
    valetkey.exchange = () => ({ status: 403, body: { error: "access_denied", code: "policy_denied" } });
    const { code, stdout } = await ask();
    expect([code, stdout]).toEqual([77, ""]);
    expect(readdirSync(join(cache, "valetkey"))).toEqual([]);
  });

  it("names the credentials that there are where the requested one is not", async () => {
    const { code, stderr } = await ask(["--credential", "aws-7"]);
    expect([code, stderr]).toEqual([64, expect.stringContaining("aws-0 (111122223333)")]);
  });
});
