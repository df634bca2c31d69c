import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsIn, PAGES, ROOT, read, withoutCode } from "./pages.ts";

const isThere = (path: string): boolean => existsSync(join(ROOT, path));

/** Links of a page to other files of the repository that lead nowhere, headings included. */
const brokenLinks = (page: string, text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([, file = "", anchor]) => {
    const target = file === "" ? page : normalize(join(dirname(page), file));
    if (!isThere(target)) return [file];
    if (anchor === undefined || !target.endsWith(".md") || anchorsIn(read(target)).has(anchor)) return [];
    return [`${file}#${anchor}`];
  });

/** Folders of the repository: a path in backticks that begins with one of them is a path from the root. */
const FOLDERS =
  /^(?:bench|client|config|docs|doctor|emulator|fakes|functions|infra|local|openapi|policies|policy-tools|scripts|test)\//;

/** A path with a place to fill in (`<type>`, `*`, `{a,b}`) is a pattern, and not a file. */
const isPattern = (path: string): boolean => /[<>*{},]/.test(path);

const missingPaths = (text: string): readonly string[] =>
  [...text.matchAll(/`([\w./<>*{},-]+)`/g)]
    .map(([, path = ""]) => path)
    .filter((path) => FOLDERS.test(path) && !isPattern(path) && !isThere(path));

/** Files of a reader's own, in examples. */
const EXAMPLES = ["policies/reports.cases.json"];

describe.each(PAGES)("%s", (page) => {
  it("links to files and headings that exist", () => {
    expect(brokenLinks(page, read(page))).toEqual([]);
  });

  it("names no path in backticks that does not exist", () => {
    expect(missingPaths(read(page)).filter((path) => !EXAMPLES.includes(path))).toEqual([]);
  });
});

describe("the check of links itself", () => {
  it("sees a link to no file, a heading that is not there, and a path that has moved", () => {
    expect(
      brokenLinks("docs/events.md", "[a](gone.md) [b](lifecycle.md#gone) [c](#gone) [d](lifecycle.md#observed)"),
    ).toEqual(["gone.md", "lifecycle.md#gone", "#gone"]);
    expect(
      missingPaths("`functions/gone.ts`, `functions/routes.ts`, `functions/<name>/handler.ts`, `acme/site`"),
    ).toEqual(["functions/gone.ts"]);
  });
});
