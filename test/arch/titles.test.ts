import { describe, expect, it } from "vitest";
import { sourcesBelow } from "./imports-below.ts";

/** Title of a test or a group that goes on with the sentence of the one before. */
const GOES_ON = /(?:\b(?:it|describe)|[\])}]\))(?:\.each\(\w+\))?\(\s*["`]((?:and|but|neither|nor|or) [^"`]*)/g;

describe("titles of tests", () => {
  it("stand alone in a list: none begins in the middle of a sentence", () => {
    const found = sourcesBelow("test").flatMap(({ file, text }) =>
      [...text.matchAll(GOES_ON)].map(([, title]) => `${file}: ${title}`),
    );
    expect(found).toEqual([]);
  });
});
