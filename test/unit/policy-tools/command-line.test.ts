import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { FLAGS_OF } from "../../../client/policy/options.ts";
import { callClient } from "../client/call-client.ts";
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
    ["a misspelt command", ["chek"], "did you mean check?"],
    [
      "the name of an agent in place of its JSON",
      ["explain", "--agent", "demo", "--intent", "[]"],
      `--agent takes JSON or a file of it, such as '{"id": "demo", "team": "demo"}'; there is no file demo`,
    ],
    [
      "an intent that is no JSON",
      ["explain", "--agent", '{"id": "demo", "team": "demo"}', "--intent", "s3:GetObject"],
      "--intent takes JSON or a file of it, such as '[{",
    ],
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

describe("valetkey policy in a terminal with exported files", () => {
  const permit = rule({ principal: 'principal in Team::"data"' });

  it("reads the folder of VALETKEY_POLICIES with the file of VALETKEY_CONFIG", async () => {
    const folder = policyFolder({ "a.cedar": permit });
    const config = join(folderWith({ "hub.json": '{"accounts": 1, "conflicts": 1' }), "hub.json");
    vi.stubEnv("VALETKEY_POLICIES", folder);
    expect(await runPolicy("check")).toMatchObject({ code: 0, out: expect.stringContaining(`${folder}: 1 policy`) });
    vi.stubEnv("VALETKEY_CONFIG", config);
    for (const argv of [["check"], ["check", folder], ["test"]])
      expect(await runPolicy(...argv)).toMatchObject({ code: 64, err: expect.stringContaining(config) });
    expect((await runPolicy("check", policyFolder({ "a.cedar": permit }))).code).toBe(0);
  });

  it("names the variable whose folder is missing", async () => {
    const gone = "/nowhere/policies";
    expect(await callClient(["policy", "check"], { VALETKEY_POLICIES: gone })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(`VALETKEY_POLICIES names ${gone}, which does not exist`),
    });
  });
});
