import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { callClient } from "./call-client.ts";

const place = mkdtempSync(join(tmpdir(), "valetkey-init-"));
afterAll(() => rmSync(place, { recursive: true }));

describe("valetkey init", () => {
  it("writes a check of the folder's own files, whatever the terminal has exported", async () => {
    const folder = join(place, "own");
    expect(await callClient(["init", folder])).toMatchObject({ code: 0 });
    const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const command of scripts.check.split(" && "))
      expect(command).toMatch(/ policies\b.* --config valetkey\.json|--config valetkey\.json .*policies/);
  });

  it("takes the archive of a deployment's package, and copies it", async () => {
    const archive = packed("@valetkey/deploy");
    const folder = join(place, "vendored");
    expect(await callClient(["init", folder, "--archive", archive])).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "vendor", basename(archive)))).toBe(true);
  });

  it.each<[string, () => string, string]>([
    ["the agents' package", () => packed("valetkey"), "that of the agents' package"],
    ["any other package", () => packed("left-pad"), "another file"],
    ["no package", () => written("text.tgz", "no archive"), "another file"],
  ])("refuses the archive of %s, and writes nothing", async (_, archive, sentence) => {
    const folder = join(place, "refused");
    const { code, stderr } = await callClient(["init", folder, "--archive", archive()]);
    expect([code, stderr]).toEqual([64, expect.stringMatching(`valetkey-deploy-.*\\.tgz; .* is ${sentence}`)]);
    expect(existsSync(folder)).toBe(false);
  });

  it("tells that nothing is published, and that --archive is missing", async () => {
    const { stdout } = await callClient(["init", join(place, "unpublished")]);
    expect(stdout).toContain("@valetkey/deploy is not published on npm");
    expect(stdout).toContain("with --archive <file>");
  });

  it("refuses to write into a checkout of valetkey itself", async () => {
    const checkout = join(place, "checkout");
    mkdirSync(join(checkout, "client", "template"), { recursive: true });
    writeFileSync(join(checkout, "client", "template", "shipped.json"), "[]");
    expect(await callClient(["init", checkout])).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("a checkout of valetkey itself: name a new folder"),
    });
    expect(existsSync(join(checkout, ".github"))).toBe(false);
  });
});

function written(name: string, contents: string | Buffer): string {
  writeFileSync(join(place, name), contents);
  return join(place, name);
}

/** Packs a manifest as npm does, behind another file. */
function packed(name: string): string {
  const folder = join(place, name.replace("/", "-"), "package");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "LICENSE"), "x".repeat(700));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name }));
  const archive = join(place, `${name.replace("/", "-")}.tgz`);
  execFileSync("tar", ["-czf", archive, "-C", join(folder, ".."), "package/LICENSE", "package/package.json"]);
  return archive;
}
