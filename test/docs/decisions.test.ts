import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decisionOf, decisionsPage } from "../../tools/decisions-page.ts";
import { ROOT, read } from "./pages.ts";

const PAGES = readdirSync(join(ROOT, "docs/decisions"))
  .filter((name) => /^\d{4}-/.test(name))
  .toSorted();
const decisions = PAGES.map((page) => decisionOf(page, read(`docs/decisions/${page}`)));

describe("docs/decisions/README.md", () => {
  it("is what npm run decisions writes: a line for each page", () => {
    expect(decisions.length).toBeGreaterThan(60);
    expect(read("docs/decisions/README.md")).toBe(decisionsPage(decisions));
  });

  it("gives no number twice", () => {
    expect(new Set(decisions.map(({ number }) => number)).size).toBe(decisions.length);
  });
});

describe("a decision", () => {
  it.each([
    ["without a status", "# 7. Title\n\n**Context.** A task.\n"],
    ["without a day", "# 7. Title\n\nAccepted.\n"],
    ["with another number than its page", "# 8. Title\n\nAccepted, 2026-11-25.\n"],
    ["changed by no page", "# 7. Title\n\nAccepted, 2026-11-25; changed in part by decision 9.\n"],
  ])("%s is refused", (_, text) => {
    expect(() => decisionOf("0007-title.md", text)).toThrow("0007-title.md lacks a head");
  });

  it("is replaced or changed by later ones alone", () => {
    const early = decisions.flatMap(({ number, later }) =>
      [...later.matchAll(/\[decision (\d+)\]\((\d{4})-/g)]
        .filter(([, named, page]) => Number(named) <= number || Number(named) !== Number(page))
        .map(([whole]) => `${number}: ${whole}`),
    );
    expect(early).toEqual([]);
  });
});
