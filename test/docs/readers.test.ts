import { expect, it } from "vitest";
import { PAGES, read, table } from "./pages.ts";

/** Pages that a program writes, pages about the past, and the page that leads to all others. */
const OTHERS = /^(?:README|CHANGELOG)\.md$|^docs\/(?:decisions|transcripts|threats)\//;
const WRITTEN = /^<!-- Written by /m;

const pages = PAGES.filter((page) => !OTHERS.test(page) && !WRITTEN.test(read(page)));

it.each(pages)("%s begins with its readers", (page) => {
  expect(read(page)).toMatch(/^# .+\n\nFor [^\n]+/);
});

it("README.md leads each of six readers to a first page of 90 lines at most", () => {
  const firsts = table(read("README.md"), "| you | first page |").map(
    ([, link = ""]) => /\]\(([^)]+)\)/.exec(link)?.[1] ?? "",
  );
  expect(firsts).toHaveLength(6);
  for (const page of firsts) expect([page, read(page).split("\n").length <= 90]).toEqual([page, true]);
});
