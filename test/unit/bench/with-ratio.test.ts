import { describe, expect, it } from "vitest";
import type { Row } from "../../bench/row.ts";
import { withRatio } from "../../bench/with-ratio.ts";

const rowOf = (figures: Row["figures"]): Row => ({
  name: "x",
  measured: "x",
  target: "x",
  verdict: "ok",
  notes: ["first"],
  figures,
});

describe("a row of the bench", () => {
  it.each([
    ["milliseconds", { p50Ms: 30, p99Ms: 60 }, 60],
    ["seconds", { longestSeconds: 2 }, 4_000],
  ])("of %s without a ratio gets its first time, in times of the yardstick", (_, figures, ratio) => {
    const row = withRatio(rowOf(figures), 0.5);
    expect(row.figures).toEqual({ ...figures, ratio });
    expect(row.notes).toEqual(["first", expect.stringContaining(`${ratio.toFixed(1)} times`)]);
  });

  it.each([
    ["a ratio of its own", { p50Ms: 30, ratio: 2 }],
    ["two of them", { ES256P50Ms: 1, ES256Ratio: 3 }],
    ["no time", { dollars: 31, bytes: 359_000 }],
  ])("with %s stays as it is", (_, figures) => {
    expect(withRatio(rowOf(figures), 0.5)).toEqual(rowOf(figures));
  });
});
