import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Called, callClient, startCall } from "./call-client.ts";
import { FakeValetkey, inSeconds, opened, type Reply } from "./fake-valetkey.ts";
import { IDENTITY } from "./run-client.ts";

let valetkey: FakeValetkey;
let folder: string;
let running: Called | undefined;
beforeEach(async () => {
  valetkey = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-files-"));
});
afterEach(async () => {
  running?.kill("SIGTERM");
  await running?.ended;
  running = undefined;
  await valetkey.stop();
  rmSync(folder, { recursive: true });
});

const [KEY, LOGIN] = ["secret-0/0/value", "postgres-1/password"] as const;

/** Task with a secret and a login. */
const task = (value: string, seconds: number, more: readonly object[] = []): Reply =>
  opened({
    task: { expires_at: inSeconds(seconds) },
    credentials: [
      { type: "secret", name: "secret-0", secrets: [{ name: "crm/key", value }], expires_at: inSeconds(seconds) },
      { type: "postgres", name: "postgres-1", port: 5432, password: "p", expires_at: inSeconds(seconds) },
      ...more,
    ],
  });

const args = (...more: string[]) => [
  ...["serve", "--url", valetkey.url, "--purpose", "p", "--json", "--tool", "tickets=search"],
  ...["--credentials-out", join(folder, "out"), ...more],
];

/** Starts it, and returns a reader of its files, which returns undefined for one that is not there. */
async function served(...more: string[]) {
  running = startCall(args(...more), IDENTITY);
  await running.said("credential_files");
  return (path: string) =>
    existsSync(join(folder, "out", path)) ? readFileSync(join(folder, "out", path), "utf8") : undefined;
}

describe("valetkey serve --credentials-out", () => {
  it("writes what connectors issue to files of this user alone, names them, and removes them at its end", async () => {
    valetkey.exchange = () => task("one", 900);
    const read = await served();
    expect([read(KEY), read(LOGIN), read("postgres-1/port")]).toEqual(["one", "p", "5432"]);
    expect(readdirSync(join(folder, "out/secret-0/0"))).toEqual(["value"]);
    for (const [path, mode] of [[KEY, 0o600] as const, ["secret-0/0", 0o700] as const, ["", 0o700] as const])
      expect(statSync(join(folder, "out", path)).mode & 0o777).toBe(mode);
    running?.kill("SIGTERM");
    const { code, stderr } = (await running?.ended) ?? {};
    expect([code, read(KEY), read(LOGIN)]).toEqual([0, undefined, undefined]);
    expect(stderr).toContain(join(folder, "out", KEY));
    expect(stderr).not.toContain('"not_handed_on"');
    expect(valetkey.of("POST", "/complete")).toHaveLength(1);
  });

  it("opens the next task before its credentials end, and removes what the next one has not", async () => {
    valetkey.exchange = () => task("one", 1.5, [{ type: "github", name: "github-2", token: "only now" }]);
    const read = await served();
    expect(read("github-2/token")).toBe("only now");
    valetkey.exchange = () => task("two", 900);
    const values = new Set<string | undefined>();
    await expect.poll(() => [...values.add(read(KEY))].at(-1), { timeout: 60_000, interval: 5 }).toBe("two");
    expect([...values]).toEqual(["one", "two"]);
    expect(read("github-2/token")).toBeUndefined();
  });

  it("removes credentials once they have ended, where no next task is granted", async () => {
    valetkey.exchange = () => task("one", 1);
    const read = await served();
    valetkey.exchange = () => ({ status: 403, body: { error: "access_denied", code: "agent_inactive" } });
    await expect.poll(() => read(KEY), { timeout: 60_000 }).toBeUndefined();
    expect(read(LOGIN)).toBeUndefined();
  });

  it("writes no file outside of its folder, whatever the hub names", async () => {
    const above = { name: "github-2", type: "github", "../../above": "v", "..": "v", token: "inside" };
    valetkey.exchange = () => task("one", 900, [above]);
    const read = await served();
    expect(read("github-2/token")).toBe("inside");
    expect(readdirSync(folder)).toEqual(["out"]);
    expect(readdirSync(join(folder, "out")).toSorted()).toEqual(["github-2", "postgres-1", "secret-0"]);
  });

  it("refuses a folder that others can write to, before it opens a task", async () => {
    mkdirSync(join(folder, "out"));
    chmodSync(join(folder, "out"), 0o777);
    expect(await callClient(args(), IDENTITY)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("is not yours alone to write to"),
    });
    expect(valetkey.seen).toEqual([]);
  });

  it("wants a file for the token where the intent has AWS", async () => {
    const aws = ["--account", "111122223333", "--allow", "s3:GetObject=arn:aws:s3:::acme-data/*"];
    expect(await callClient(args(...aws), IDENTITY)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("--token-out is required"),
    });
  });
});
