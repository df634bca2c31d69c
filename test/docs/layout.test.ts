import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { ROOT, read } from "./pages.ts";

/**
 * The layout in CONTRIBUTING.md, by its indent. Four spaces: folders. Two more: a folder's contents, with names that
 * end in a slash.
 */
const LINES = (/## How the code is laid out\n\n((?: {4}.*\n)+)/.exec(read("CONTRIBUTING.md"))?.[1] ?? "")
  .split("\n")
  .map((line) => ({ depth: /^ */.exec(line)?.[0].length ?? 0, text: line.trim() }));

const namesAt = (depth: number): readonly string[] =>
  LINES.filter((line) => line.depth === depth)
    .flatMap(({ text }) => [...(text.split(/ {2,}/)[0]?.matchAll(/([\w-]+)\//g) ?? [])])
    .map(([, name = ""]) => name);

const IGNORED = readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n");

const foldersOf = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !IGNORED.includes(`${entry.name}/`))
    .map(({ name }) => name)
    .toSorted();

describe("the layout in CONTRIBUTING.md", () => {
  it("lists every folder of the repository", () => {
    expect(namesAt(4).toSorted()).toEqual(foldersOf("."));
  });

  it("lists every folder of functions/, the deployed ones among them in one line", () => {
    expect(namesAt(6).toSorted()).toEqual(foldersOf("functions"));
    const deployed = LINES.find(({ text }) => text.includes("one folder for each deployed function"))?.text ?? "";
    expect([...deployed.matchAll(/([\w-]+)\//g)].map(([, name]) => name)).toEqual([...FUNCTIONS]);
  });

  it("lists every folder of test/", () => {
    const test = LINES.find(({ text }) => text.startsWith("test/"))?.text ?? "";
    const named = [...test.replace("test/", "").matchAll(/([\w-]+)\//g)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(foldersOf("test"));
  });
});
