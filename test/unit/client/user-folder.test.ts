import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userFolder } from "../../../client/files/user-folder.ts";
import { FakeValetkey } from "./fake-valetkey.ts";
import { IDENTITY, runClient } from "./run-client.ts";

let service: FakeValetkey;
let folder: string;
beforeEach(async () => {
  service = await new FakeValetkey().start();
  folder = mkdtempSync(join(tmpdir(), "valetkey-home-"));
  writeFileSync(join(folder, "file"), "");
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

const credentialProcess = (env: Readonly<Record<string, string>>) =>
  runClient(
    [
      "credential-process",
      "--url",
      service.url,
      "--purpose",
      "p",
      "--account",
      "111122223333",
      "--allow",
      "s3:List*=*",
    ],
    { ...IDENTITY, ...env },
  );
const login = (env: Readonly<Record<string, string>>) => runClient(["logout", "--url", service.url], env);

describe.runIf(process.platform === "linux")("I10: where nothing can be stored", () => {
  it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    [
      "in a home that is not there and cannot be made",
      () => ({ HOME: "/proc/none" }),
      /\(E\w+\): set XDG_CACHE_HOME to/,
    ],
    // Node makes folders under /proc for ever.
    ["below /proc", () => ({ XDG_CACHE_HOME: "/proc/self/none/cache" }), /\(E\w+\): set XDG_CACHE_HOME to/],
    ["in a home that is a file", () => ({ HOME: join(folder, "file") }), /\(ENOTDIR\): set XDG_CACHE_HOME to/],
    ["on a device", () => ({ XDG_CACHE_HOME: "/dev/null" }), /\(E\w+\): set XDG_CACHE_HOME to/],
    ["in a home that is no absolute path", () => ({ HOME: "home" }), /there is no home folder.*set XDG_CACHE_HOME/],
  ])("%s, credential-process names what to set, and opens no task", async (_, env, sentence) => {
    const { code, stdout, stderr } = await credentialProcess(env());
    expect([code, stdout, stderr]).toEqual([64, "", expect.stringMatching(sentence)]);
    expect(service.seen).toEqual([]);
  });

  it("login and logout name what to set, too", async () => {
    const { code, stderr } = await login({ HOME: "/proc/none" });
    expect([code, stderr]).toEqual([64, expect.stringContaining("set XDG_CONFIG_HOME to")]);
  });

  it("in one folder, another one does: with all of those above it", async () => {
    const { code } = await credentialProcess({ HOME: "/proc/none", XDG_CACHE_HOME: join(folder, "a/b") });
    expect(code).toBe(0);
    expect(readdirSync(join(folder, "a/b/valetkey"))).toHaveLength(1);
  });
});

describe("the user's folder", () => {
  it("is not where a relative path of a variable would put it", () => {
    expect(userFolder("cache", { XDG_CACHE_HOME: folder })).toBe(folder);
    expect(userFolder("config", { XDG_CONFIG_HOME: "here" })).not.toContain("here");
    expect(existsSync("here")).toBe(false);
  });
});
