import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, read, table } from "./pages.ts";

const INVARIANTS = table(read("docs/people.md"), "| | invariant | tests |");
const ATTACKS = table(read("docs/decisions/0036-consents.md"), "| attack | why it fails | seen in |");
const filesIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file = ""]) => file);

describe("docs/people.md", () => {
  it("has B1 to B5", () => {
    expect(INVARIANTS.map(([name]) => name)).toEqual(["B1", "B2", "B3", "B4", "B5"]);
  });

  it.each(INVARIANTS)("lists tests for %s, each of which names it in a title", (name = "", _, tests = "") => {
    const files = filesIn(tests);
    expect(files.length).toBeGreaterThan(2);
    // A row of a table of cases is a title, too.
    const inTitle = new RegExp(`(?:(?:it|describe)(?:\\.\\w+)*\\(|\\]\\)\\(|\\[)\\s*"[^"]*\\b${name}\\b`);
    expect(files.filter((file) => !existsSync(join(ROOT, file)) || !inTitle.test(read(file)))).toEqual([]);
  });
});

describe("the attacks on consents in decision 36", () => {
  it("are all listed", () => {
    expect(ATTACKS.length).toBeGreaterThan(15);
  });

  it.each(ATTACKS)("%s: tried by the test that the table names", (_, __, seen = "") => {
    const [, file = "", title = ""] = /^`([^`]+)`, "(.+)"$/.exec(seen) ?? [];
    expect([seen, existsSync(join(ROOT, file))]).toEqual([seen, true]);
    expect(read(file)).toContain(title);
  });
});
