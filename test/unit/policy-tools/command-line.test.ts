import { describe, expect, it } from "vitest";
import { FLAGS_OF } from "../../../client/policy/options.ts";
import { runClient } from "../client/run-client.ts";
import { folderWith } from "./folder.ts";
import { policyFolder, rule, runPolicy } from "./run-policy.ts";

describe("valetkey policy", () => {
  it.each([[[]], [["--help"]]])("prints what there is: %j", async (argv) => {
    expect(await runPolicy(...argv)).toMatchObject({
      code: 0,
      out: expect.stringContaining("valetkey policy diff"),
      err: "",
    });
  });

  it("is a command of the client", async () => {
    expect(await runClient(["policy", "--help"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("policy explain"),
    });
    expect(await runClient(["help", "policy"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("policy explain"),
    });
    expect(await runClient(["policy", "check", "/nowhere"])).toMatchObject({ code: 64, stdout: "" });
  });

  it.each(Object.entries(FLAGS_OF))(
    "helps with %s: every option, the exit codes and examples",
    async (command, flags) => {
      const { code, out } = await runPolicy(command, "--help");
      expect(code).toBe(0);
      for (const flag of flags) expect(out).toContain(`--${flag} `);
      expect(out).toContain("Exit codes");
      expect(out).toContain(`Examples\n  `);
    },
  );

  it.each<[string, readonly string[], string]>([
    ["an unknown command", ["lint"], "there is no such command"],
    ["an unknown option", ["check", "--fix"], "Unknown option '--fix'"],
    ["another command's option", ["test", "--strict"], "test takes no --strict"],
    ["an option without its value", ["check", "--with"], "argument missing"],
    ["a folder that is not there", ["check", "/nowhere"], "there is no folder /nowhere"],
  ])("takes no command line with %s", async (_, argv, sentence) => {
    const { code, out, err } = await runPolicy(...argv);
    expect([code, out, err]).toEqual([64, "", expect.stringContaining(sentence)]);
  });

  it("takes the schema of a folder above, and no folder without one or without policies", async () => {
    const folder = policyFolder({ "inner/a.cedar": rule({ principal: 'principal in Team::"inner"' }) });
    expect((await runPolicy("check", `${folder}/inner`)).code).toBe(0);
    const bare = folderWith({ "a.cedar": rule({}) });
    expect(await runPolicy("check", bare)).toMatchObject({
      code: 64,
      err: expect.stringContaining("schema.cedarschema"),
    });
    expect(await runPolicy("check", policyFolder({}))).toMatchObject({
      code: 64,
      err: expect.stringContaining("no .cedar file"),
    });
  });
});
