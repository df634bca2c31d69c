import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellOf, shellQuoted } from "../../../client/shell-quoting.ts";

const EVIL = 'it\'s $HOME `id` "x" \\ $(id) ; & | * ! \u2018\u2019\n';

describe("a text that is quoted for a shell", () => {
  it("is one literal word of sh, whatever it holds", () => {
    expect(execFileSync("sh", ["-c", `printf %s ${shellQuoted(EVIL, "sh")}`], { encoding: "utf8" })).toBe(EVIL);
  });

  it.each([
    ["fish", "a\\'b\\\\c"],
    ["powershell", "a''b\\c"],
  ] as const)("has the quotes and escapes of %s", (shell, inside) => {
    expect(shellQuoted("a'b\\c", shell)).toBe(`'${inside}'`);
  });

  it.each([
    ["sh", "on Linux", {}, "linux"],
    ["sh", "in a shell of Unix that a PowerShell started", { SHELL: "/bin/bash", PSModulePath: "x" }, "linux"],
    ["sh", "in the shell of Git for Windows", { SHELL: "/usr/bin/bash", PSModulePath: "x" }, "win32"],
    ["powershell", "on Windows", {}, "win32"],
    ["powershell", "in a PowerShell on Linux", { PSModulePath: "/opt/microsoft/powershell/7/Modules" }, "linux"],
  ] as const)("is for %s %s", (shell, _, env, platform) => {
    expect(shellOf(env, platform)).toBe(shell);
  });
});
