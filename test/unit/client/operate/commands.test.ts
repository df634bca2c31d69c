import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { DeploymentsFile } from "../../../../client/deployments/deployments-file.ts";
import { COMPILED } from "../../../../local/compiled.ts";
import { CLIENT } from "../run-client.ts";
import { folder, run, setOperatorStage } from "./operator-stage.ts";

setOperatorStage();

describe("valetkey completion", () => {
  it.each(["bash", "zsh", "fish", "powershell"])("speaks %s", async (shell) => {
    expect((await run("completion", shell)).stdout).toContain("credential-process");
  });

  it("is of PowerShell a native completer of this command, with every word that the others have", async () => {
    const { stdout } = await run("completion", "powershell");
    expect(stdout).toMatch(/^Register-ArgumentCompleter -Native -CommandName valetkey -ScriptBlock \{\n/);
    expect(stdout).toContain("'table wide json yaml'.Split(' ')");
    expect(stdout).toContain(String.raw`'"name":\s*"([a-z0-9-]+)"'`);
    for (const [opens, closes] of ["{}", "()", "[]"])
      expect(stdout.split(opens as string).length).toBe(stdout.split(closes as string).length);
  });

  it("completes commands, options, forms and names of deployments in bash", async () => {
    const { stdout: script } = await run("completion", "bash");
    const named = { prod: { url: "https://valetkey.example.com" }, staging: { url: "https://b.example.com" } };
    await new DeploymentsFile({ XDG_CONFIG_HOME: folder }).change(() => ({ named }));
    const complete = (...words: string[]): string[] => {
      const line = words.map((word) => `'${word}'`).join(" ");
      const asked = `valetkey() { '${process.execPath}' '${CLIENT}' "$@"; }
${script}
COMP_WORDS=(valetkey ${line}); COMP_CWORD=${words.length}; _valetkey; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, XDG_CONFIG_HOME: folder };
      return execFileSync("bash", ["-c", asked], { env, encoding: "utf8" }).trim().split("\n");
    };
    expect(complete("us")).toEqual(["use"]);
    expect(complete("agents", "--dep")).toEqual(["--deployment"]);
    expect(complete("agents", "-o", "")).toEqual(["table", "wide", "json", "yaml"]);
    expect(complete("use", "")).toEqual(["prod", "staging"]);
    expect(complete("exec", "--deployment", "st")).toEqual(["staging"]);
  });
});

describe("valetkey", () => {
  it.each(["exce", "tsks", "offbord"])("names the command that was meant by %s", async (typed) => {
    expect(await run(typed)).toMatchObject({ code: 64, stderr: expect.stringMatching(/did you mean npx valetkey/) });
  });

  it("names the longer command that a word is the second of", async () => {
    expect((await run("suspend", "demo")).stderr).toContain("did you mean npx valetkey agents suspend?");
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
    expect(stdout).toMatch(/Examples?\n +(eval .*)?"?(\$\()?npx valetkey /);
  });
});
