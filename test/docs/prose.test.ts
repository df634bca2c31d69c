import { describe, expect, it } from "vitest";
import { PAGES, read, withoutCode } from "./pages.ts";

/** Characters of a line of prose. */
const WIDTH = 120;
/** Characters of a cell of a table: what is longer is a paragraph, and wants a place of its own. */
const CELL = 150;

/** One word that is too long by itself, such as an address, cannot be broken. */
const isBreakable = (line: string): boolean => /\S\s+\S/.test(line.replace(/^[\s>*-]+/, ""));

const longLines = (text: string): readonly string[] =>
  withoutCode(text)
    .split("\n")
    .filter((line) => [...line].length > WIDTH && !/^\s*\||^#/.test(line) && isBreakable(line));

const longCells = (text: string): readonly string[] =>
  withoutCode(text)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .flatMap((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cell) => cell.length > CELL);

describe.each(PAGES)("%s", (page) => {
  it(`is wrapped at ${WIDTH} columns, but for tables and code`, () => {
    expect(longLines(read(page))).toEqual([]);
  });

  it("has no paragraph in a cell of a table", () => {
    expect(longCells(read(page))).toEqual([]);
  });
});

describe("the check of lines itself", () => {
  it("sees a long line of prose and a long cell, and no line of code", () => {
    const words = "word ".repeat(40);
    expect(longLines(`${words}\n\n    ${words}\n\`\`\`\n${words}\n\`\`\`\n| ${words} |\n`)).toEqual([words]);
    expect(longCells(`| a | ${words} |`)).toEqual([words.trim()]);
  });
});
