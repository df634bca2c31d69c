import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsIn, filesIn, PAGES, ROOT, read } from "./pages.ts";

const FOLDERS = ["client", "contract", "functions", "infra", "local", "policies", "test", "tools"];
const SOURCES = FOLDERS.flatMap((folder) =>
  [".ts", ".cedar", ".cedarschema"].flatMap((ending) => filesIn(folder, ending)),
);
const DECISIONS = readdirSync(join(ROOT, "docs/decisions"));

/** Lists a source's citations of pages and headings that do not exist. */
function falseCitations(source: string): readonly string[] {
  const cited = [...source.matchAll(/\bdocs\/([\w/-]+\.md)(?:#([\w-]+)|, section (\d+))?/g)].flatMap(
    ([whole, page = "", anchor, section]) => {
      if (!PAGES.includes(`docs/${page}`)) return [whole];
      const anchors = anchorsIn(read(`docs/${page}`));
      if (anchor !== undefined && !anchors.has(anchor)) return [whole];
      if (section !== undefined && ![...anchors].some((heading) => heading.startsWith(`${section}-`))) return [whole];
      return [];
    },
  );
  const decisions = [...source.matchAll(/\b[Dd]ecisions?[ /](\d+)/g)].filter(
    ([, number = ""]) => !DECISIONS.some((name) => name.startsWith(`${number.padStart(4, "0")}-`)),
  );
  // A page without its folder is one that nobody can open, and so is a section without its page.
  const pageless = source.matchAll(
    /(?<![\w/.-])(?:design|architecture|compiler|concepts)\.md|\b[Dd]esign(?:,|:) ?sections?/g,
  );
  return [...cited, ...[...decisions, ...pageless].map(([whole]) => whole)];
}

describe("a comment", () => {
  it("cites no page, heading, section or decision that is not in docs/", () => {
    // test/docs/ is left out: this file holds false citations on purpose.
    const sources = SOURCES.filter((file) => !file.startsWith("test/docs/"));
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.flatMap((file) => falseCitations(read(file)).map((cited) => `${file}: ${cited}`))).toEqual([]);
  });

  it.each([
    ["a page that does not exist", "see docs/gone.md"],
    ["a heading that its page does not have", "see docs/design.md#gone"],
    ["a section that its page does not have", "see docs/compiler.md, section 99"],
    ["a decision that nobody took", "see decision 99"],
    ["a page without its folder", "(design.md, section 8)"],
    ["a section of no page", "Design, section 4"],
  ])("that cites %s is found", (_, comment) => {
    expect(falseCitations(comment)).toHaveLength(1);
  });

  it("that cites an existing page is left in peace", () => {
    expect(
      falseCitations("docs/design.md#racing; docs/compiler.md, section 3; docs/decisions/0007; decision 7"),
    ).toEqual([]);
  });
});
