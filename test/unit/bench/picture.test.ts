import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { figuresOf, picturedIn, pictureOf, withPicture } from "../../bench/picture.ts";
import type { Row } from "../../bench/row.ts";

const FIGURES = {
  emptyMs: 40,
  importedMs: 100,
  loadedMs: 200,
  firstMs: 400,
  dependenciesMs: 320,
  signatureMs: 0.1,
  cedarMs: 0.4,
  restMs: 0.35,
  bareMs: 0.8,
  warmMs: 4,
};
const row = (figures: Row["figures"]): Row => ({
  name: "a",
  measured: "1",
  target: "1",
  verdict: "ok",
  notes: [],
  figures,
});

describe("the picture of a vend's time", () => {
  it("has a bar for each part, to the scale of its block", () => {
    const lines = pictureOf(FIGURES).split("\n");
    const barOf = (name: string) => /█*$/.exec(lines.find((line) => line.includes(name)) ?? "")?.[0].length;
    expect(barOf("an empty Node process")).toBe(4);
    expect(barOf("first request")).toBe(20);
    expect(barOf("all of a first vend")).toBe(40);
    expect(barOf("Cedar  ")).toBe(4);
    expect(lines.find((line) => line.includes("init"))).toContain("160 ms");
  });

  it("replaces the one that a page has, and preserves its figures there", () => {
    const page = "# a\n\n<!-- picture: {} -->\n\n    none\n\n<!-- end of the picture -->\n\nafter\n";
    const drawn = withPicture(page, FIGURES);
    expect(figuresOf(drawn)).toEqual(FIGURES);
    expect(drawn).toContain(pictureOf(FIGURES));
    expect(drawn).not.toContain("none");
    expect(drawn.endsWith("\n\nafter\n")).toBe(true);
    expect(() => withPicture("# a", FIGURES)).toThrow("no picture");
  });

  it("is made of what one run measured, all of it", () => {
    const { warmMs, ...others } = FIGURES;
    expect(picturedIn([row(others), row({ warmMs, ratio: 3 })])).toEqual(FIGURES);
    expect(() => picturedIn([row(others)])).toThrow("did not measure warmMs");
  });

  it("in docs/performance.md is the one that the script draws of the figures beside it", () => {
    const page = readFileSync(new URL("../../../docs/performance.md", import.meta.url), "utf8");
    const figures = figuresOf(page);
    expect(Object.keys(figures)).toEqual(Object.keys(FIGURES));
    expect(withPicture(page, figures)).toBe(page);
  });
});
