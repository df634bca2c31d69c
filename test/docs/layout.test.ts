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
  LINES.filter((line) => line.depth === depth).flatMap(({ text }) => foldersIn(text.split(/ {2,}/)[0]));

const foldersIn = (text = ""): readonly string[] => [...text.matchAll(/([\w-]+)\//g)].map(([, name = ""]) => name);

/** Folders below one of the first level: the lines that are indented below it, or its own line where that lists folders alone. */
function namesBelow(folder: string): readonly string[] {
  const [own, ...after] = LINES.slice(
    LINES.findIndex(({ depth, text }) => depth === 4 && text.startsWith(`${folder}/`)),
  );
  const next = after.findIndex(({ depth }) => depth <= 4);
  const below = after.slice(0, next).filter(({ depth }) => depth === 6);
  const listed = own?.text.split(/ {2,}/)[1] ?? "";
  return [
    ...(/^([\w-]+\/ ?)+$/.test(listed) ? foldersIn(listed) : []),
    ...below.flatMap(({ text }) => foldersIn(text.split(/ {2,}/)[0])),
  ];
}

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
    expect(namesBelow("functions").toSorted()).toEqual(foldersOf("functions"));
    const deployed = LINES.find(({ text }) => text.includes("one folder for each deployed function"))?.text ?? "";
    expect([...deployed.matchAll(/([\w-]+)\//g)].map(([, name]) => name)).toEqual([...FUNCTIONS]);
  });

  it("lists every folder of test/", () => {
    expect(namesBelow("test").toSorted()).toEqual(foldersOf("test"));
  });
});
