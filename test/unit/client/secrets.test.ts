import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CANARY, FakeValetkey } from "./fake-valetkey.ts";
import { execArgs, type Running, startClient } from "./run-client.ts";

let service: FakeValetkey;
/** Everywhere that a program may think it can write. */
let home: string;
let running: Running | undefined;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  home = mkdtempSync(join(tmpdir(), "valetkey-secrets-"));
  mkdirSync(join(home, "tmp"));
  writeFileSync(join(home, "identity"), CANARY.identity, { mode: 0o600 });
});
afterEach(async () => {
  running?.kill("SIGKILL");
  await running?.ended;
  await service.stop();
  rmSync(home, { recursive: true });
});

const start = (args: readonly string[]): Running => {
  running = startClient(args, { HOME: home, TMPDIR: join(home, "tmp"), VALETKEY_TOKEN_FILE: join(home, "identity") });
  return running;
};
const proc = (pid: number, file: "cmdline" | "environ"): string =>
  readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
const secrets = /CANARY/;

/** Every file that holds a secret, but the identity that was there before. */
const filesWithSecrets = () =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "identity")
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => secrets.test(readFileSync(path, "utf8")));

describe.runIf(process.platform === "linux")("the view of other users of the machine", () => {
  it("of exec and its command holds no secret, and nothing is written anywhere", async () => {
    const client = start(execArgs(service.url, "echo pid .; exec sleep 100"));
    await client.printed(" .");
    const [child = 0] = readFileSync(`/proc/${client.pid}/task/${client.pid}/children`, "utf8").split(" ").map(Number);
    for (const pid of [client.pid, child]) {
      expect(proc(pid, "cmdline")).not.toMatch(secrets);
      // Only the same user can read this, and even there it is not.
      expect(proc(pid, "environ")).not.toMatch(secrets);
    }
    expect(proc(child, "environ")).toContain("AWS_CONTAINER_AUTHORIZATION_TOKEN=");
    expect(proc(child, "environ")).not.toContain("VALETKEY_TOKEN");
    expect(filesWithSecrets()).toEqual([]);
    client.kill("SIGTERM");
    const { stdout, stderr } = await client.ended;
    expect(stdout + stderr).not.toMatch(secrets);
    expect(filesWithSecrets()).toEqual([]);
  });

  it("of serve holds no secret, and its token file is the user's own", async () => {
    const file = join(home, "endpoint");
    const intent = ["--url", service.url, "--purpose", "p", "--tool", "a=b"];
    const client = start(["serve", ...intent, "--token-out", file]);
    await client.said("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const token = readFileSync(file, "utf8");
    expect(proc(client.pid, "cmdline")).not.toContain(token);
    expect(proc(client.pid, "environ")).not.toContain(token);
    expect(proc(client.pid, "environ")).not.toMatch(secrets);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    client.kill("SIGTERM");
    const { stdout, stderr } = await client.ended;
    expect(stdout + stderr).not.toMatch(secrets);
    expect(stdout + stderr).not.toContain(token);
    expect(filesWithSecrets()).toEqual([]);
  });

  it("of credential-process is a file that is the user's own, in a folder that is, too", async () => {
    const intent = ["--url", service.url, "--purpose", "p", "--account", "111122223333", "--allow", "s3:List*=*"];
    expect((await start(["credential-process", ...intent]).ended).code).toBe(0);
    const files = filesWithSecrets();
    expect(files).toHaveLength(1);
    for (const path of files) {
      expect(statSync(path).mode & 0o077).toBe(0);
      expect(statSync(join(path, "..")).mode & 0o077).toBe(0);
      // The task token, and never the identity, which is fetched anew.
      expect(readFileSync(path, "utf8")).not.toContain(CANARY.identity);
    }
  });
});
