import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cedarTokens } from "../../../console/policies/cedar-tokens.ts";

const joined = (text: string): string =>
  cedarTokens(text)
    .map((token) => token.text)
    .join("");

describe("the tokens of a policy's text", () => {
  it("join to the text, whatever it is", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => joined(text) === text));
    const cedar = fc.constantFrom('"', "\\", "//", "\n", "@id", "when", "Team", "::", " ", "x", "/");
    fc.assert(fc.property(fc.array(cedar), (parts) => joined(parts.join("")) === parts.join("")));
  });

  it("join to every policy of this repository", () => {
    const folder = new URL("../../../policies/", import.meta.url);
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".cedar"))) {
      const text = readFileSync(new URL(name, folder), "utf8");
      expect(joined(text)).toBe(text);
    }
  });

  it("distinguish words, texts, annotations, entities and comments", () => {
    const text = '@id("a") permit (principal in Team::"x") when { context.whenever == "permit \\" //" }; // forbid';
    expect(cedarTokens(text).filter(({ kind }) => kind !== "plain")).toEqual([
      { kind: "annotation", text: "@id" },
      { kind: "text", text: '"a"' },
      { kind: "word", text: "permit" },
      { kind: "word", text: "principal" },
      { kind: "word", text: "in" },
      { kind: "entity", text: "Team" },
      { kind: "text", text: '"x"' },
      { kind: "word", text: "when" },
      { kind: "word", text: "context" },
      { kind: "text", text: '"permit \\" //"' },
      { kind: "comment", text: "// forbid" },
    ]);
  });

  it("take a time that grows with the text, and not with its square", () => {
    const began = performance.now();
    cedarTokens('"\\'.repeat(100_000));
    cedarTokens("/".repeat(200_000));
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
