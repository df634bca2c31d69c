import { describe, expect, it } from "vitest";
import { ISOLATED } from "../../vitest.config.ts";
import { LONGEST } from "../harness/longest-first.ts";
import { reaching, sourcesBelow } from "./imports-below.ts";

const BROKEN_COPIES = "test/property/with-changed.ts";

describe("test files that share a process", () => {
  it("replace no module: each test that imports broken copies of modules has a process of its own", () => {
    const replacing = sourcesBelow("test").filter(({ text }) => /\bvi\.(?:doMock|mock)\(/.test(text));
    expect(replacing.map(({ file }) => file)).toEqual([BROKEN_COPIES]);
    expect(reaching(BROKEN_COPIES).filter((file) => file.endsWith(".test.ts"))).toEqual(ISOLATED);
  });
});

describe("the test files that start first", () => {
  it("are there, and none is named twice", () => {
    const files = new Set(sourcesBelow("test").map(({ file }) => file));
    expect(LONGEST.filter((file, at) => !files.has(file) || LONGEST.indexOf(file) !== at)).toEqual([]);
  });
});
