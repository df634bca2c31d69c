import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { shellDashes, shellOf, shellQuoted, shellWord, unsetLine } from "../../../client/shell-quoting.ts";

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

  it.each(["ls", "s3://acme-data/reports", "--json", "-o", "./a_b.csv", "x=1:2"])(
    "stays as it is where no shell reads more into it: %s",
    (text) => {
      expect([shellWord(text, "sh"), shellWord(text, "powershell")]).toEqual([text, text]);
    },
  );

  it.each([
    "",
    "a b",
    "$HOME",
    "~",
    "=ls",
    "a'b",
    "a,b",
    "a;b",
    "@x",
    "-a.b",
    "-a:b",
    "a\\b",
    "*",
    "#x",
    "%PATH%",
    "{1..3}",
  ])("is quoted where a shell would read more into it: %s", (text) => {
    expect(shellWord(text, "sh")).toBe(shellQuoted(text, "sh"));
    expect(shellWord(text, "powershell")).toBe(shellQuoted(text, "powershell"));
  });

  it("follows two dashes that npm's script for PowerShell would swallow without quotes", () => {
    expect([shellDashes("sh"), shellDashes("powershell")]).toEqual(["--", "'--'"]);
  });

  it("is removed, as a variable's name, in the words of the shell", () => {
    Object.assign(process.env, { SHELL: "", PSModulePath: "C:\\Modules" });
    expect(unsetLine("A", "B")).toBe("Remove-Item Env:A, Env:B");
    process.env.SHELL = "/bin/zsh";
    expect(unsetLine("A", "B")).toBe("unset A B");
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
