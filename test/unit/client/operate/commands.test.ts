import { describe, expect, it } from "vitest";
import { run, setOperatorStage } from "./operator-stage.ts";

setOperatorStage();

describe("valetkey completion", () => {
  it.each(["bash", "zsh", "fish"])("speaks %s", async (shell) => {
    expect((await run("completion", shell)).stdout).toContain("credential-process");
  });
});

describe("valetkey", () => {
  it.each(["exce", "tsks", "offbord"])("names the command that was meant by %s", async (typed) => {
    expect(await run(typed)).toMatchObject({ code: 64, stderr: expect.stringMatching(/did you mean valetkey/) });
  });

  it.each([
    "login",
    "logout",
    "agents",
    "tasks",
    "revoke",
    "people",
    "receipt",
    "find",
    "incident",
    "secrets",
    "offboard",
    "panic",
    "apply",
    "threat-model",
    "doctor",
    "serve",
    "env",
  ])("has help with an example for %s", async (command) => {
    const { stdout, code } = await run("help", command);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?\n +(eval .*)?"?(\$\()?valetkey /);
  });
});
