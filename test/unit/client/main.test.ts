import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../../client/commands.ts";
import { EXIT_CODES } from "../../../client/exit-codes.ts";
import { callClient } from "./call-client.ts";
import { runClient, startClient } from "./run-client.ts";

const folder = mkdtempSync(join(tmpdir(), "valetkey-client-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the command line", () => {
  it.each([[["--help"]], [["help"]], [[]]])("prints what there is: %j", async (args) => {
    const run = await callClient(args);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toContain("valetkey exec --purpose");
  });

  it("lists every command once, under a group, and ends with three examples that it knows", async () => {
    const { stdout } = await callClient(["--help"]);
    const [commands = "", examples = ""] = stdout.split("\nExamples\n");
    const parts = commands.split("\n\n").slice(1, -1);
    const named = parts.flatMap((part) => [...part.matchAll(/^ {2}npx valetkey ([a-z-]+)/gm)].map(([, name]) => name));
    expect(named.toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
    for (const part of parts) expect(part).toMatch(/^\S.*\n {2}npx valetkey /);
    const shown = [...examples.matchAll(/^ {2}npx valetkey ([a-z-]+)/gm)].map(([, name = ""]) => name);
    expect(shown).toHaveLength(3);
    for (const name of shown) expect(Object.keys(COMMANDS)).toContain(name);
  });

  it.each([[["exec", "--help"]], [["help", "exec"]]])("shows every option and every exit code: %j", async (args) => {
    const { code, stdout } = await callClient(args);
    expect(code).toBe(0);
    for (const option of [
      "url",
      "purpose",
      "allow",
      "account",
      "tool",
      "intent",
      "ttl",
      "token-file",
      "token-url",
      "audience",
      "json",
      "quiet",
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
    for (const [number, meaning] of Object.values(EXIT_CODES))
      expect(stdout).toContain(`${String(number).padEnd(5)}${meaning}`);
  });

  it("leaves the command's own --help to the command", async () => {
    const run = await callClient(["exec", "--", "aws", "--help"]);
    expect(run.code).toBe(64);
    expect(run.stderr).toContain("--url");
  });

  it("prints its version", async () => {
    expect((await runClient(["--version"])).stdout).toMatch(/^valetkey \d+\.\d+\.\d+\n$/);
  });

  it("refuses what it does not know", async () => {
    expect(await runClient(["exce"])).toMatchObject({ code: 64, stdout: "" });
  });

  it("reports a wrong command line as JSON where requested", async () => {
    const run = await callClient(["exec", "--json", "--", "true"]);
    expect(JSON.parse(run.stderr)).toMatchObject({ event: "usage", exit: 64 });
  });

  it("refuses an old Node with one sentence", async () => {
    // The entry alone, as an older Node that strips types would see it.
    const fake = join(folder, "old.mjs");
    writeFileSync(fake, `Object.defineProperty(process.versions, "node", { value: "22.18.0" });`);
    const run = await runClient(["--help"], { NODE_OPTIONS: `--import=${fake}` });
    expect(run).toMatchObject({ code: 78, stdout: "" });
    expect(run.stderr).toMatch(/^valetkey: Node 24 or later is needed/);
  });

  it("ends quietly where nobody reads its output any more", async () => {
    const client = startClient(["audit", "--help"]);
    client.closeStdout();
    expect(await client.ended).toMatchObject({ code: 141, stderr: "" });
  });
});
