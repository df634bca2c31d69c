import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix, win32 } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../docs/pages.ts";
import { slashed } from "../harness/slashed.ts";
import { FOLDERS, sourcesBelow } from "./imports-below.ts";

/** Every tracked file; paths from the root. */
const FILES = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

describe("every file of the repository can be checked out everywhere", () => {
  it("no two names differ by case alone, folders included", () => {
    const paths = new Set(
      FILES.flatMap((file) => {
        const parts = file.split("/");
        return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
      }),
    );
    expect(doubled([...paths].map((path) => path.toLowerCase()))).toEqual([]);
  });

  it("no name is one that Windows has not", () => {
    expect(FILES.filter(isOddOnWindows)).toEqual([]);
    expect(["aux.ts", "a:b", "a/con", "a./b", "nul"].every(isOddOnWindows)).toBe(true);
  });

  it("no path is too long for Windows below a folder of a hundred characters", () => {
    expect(FILES.filter((file) => file.length > 150)).toEqual([]);
  });

  it("every file has the line endings that hashes and fixtures were made with", () => {
    expect(readFileSync(join(ROOT, ".gitattributes"), "utf8")).toContain("* text=auto eol=lf\n");
  });
});

describe("no source takes the machine for one with slashes", () => {
  const sources = FOLDERS.flatMap(sourcesBelow).filter(({ file }) => file !== "test/arch/portable.test.ts");
  it.each([
    [
      "a path that is the path of a file: URL, which begins with a slash before the drive",
      /import\.meta\.url\)\.pathname/,
    ],
    ["a program in node_modules/.bin, which is a shell script on Windows", /["`/]\.bin\//],
  ])("%s", (_, pattern) => {
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it("the command of agents uses nothing that Node 20 lacks", () => {
    const newer = /\b(?:Map|Object)\.groupBy|\bArray\.fromAsync|\bPromise\.(?:withResolvers|try)|\bRegExp\.escape/;
    const client = sources.filter(({ file }) => /^client\/(?!(doctor|policy|threat)\/)/.test(file));
    expect(client.length).toBeGreaterThan(100);
    expect(
      client.filter(({ text }) => newer.test(text.replaceAll(/\/\*\*[\s\S]*?\*\//g, ""))).map(({ file }) => file),
    ).toEqual([]);
  });

  it("paths are compared with slashes", () => {
    expect([slashed("a\\b\\c.ts", win32.sep), slashed("a/b/c.ts", posix.sep)]).toEqual(["a/b/c.ts", "a/b/c.ts"]);
  });
});

/**
 * True where a part of the path is a device of Windows, ends in a character that Windows cuts off, or has a reserved
 * one.
 */
const isOddOnWindows = (file: string): boolean =>
  /[<>:"\\|?*]|[. ](?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\/|$)/i.test(file);

function doubled(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
