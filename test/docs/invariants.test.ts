import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, read, table } from "./pages.ts";

const DESIGN = read("docs/design.md");
const NAMES = table(DESIGN, "| | invariant |").map(([name = ""]) => name);

/** The tests that the page lists for an invariant. */
const testsOf = (name: string): readonly string[] => {
  const [, item = ""] = new RegExp(`^- ${name}: ((?:.|\\n  )+)`, "m").exec(DESIGN) ?? [];
  return [...item.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file = ""]) => file);
};

describe("docs/design.md", () => {
  it("has thirteen invariants", () => {
    expect(NAMES).toEqual(Array.from({ length: 13 }, (_, index) => `I${index + 1}`));
  });

  it.each(NAMES)("lists tests for %s, each of which names it in a title", (name) => {
    const tests = testsOf(name);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const inTitle = new RegExp(`(?:it|describe)(?:\\.\\w+)*\\([^;]*?\\b${name}[a-f]?\\b`);
    expect(tests.filter((file) => !inTitle.test(read(file)))).toEqual([]);
  });
});
