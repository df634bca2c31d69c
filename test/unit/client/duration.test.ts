import { describe, expect, it } from "vitest";
import { secondsIn } from "../../../client/duration.ts";
import { parseDuration } from "../../../functions/core/policy/obligations.ts";

describe("a time on the command line", () => {
  it.each([
    ["900", 900],
    ["1", 1],
    ["90s", 90],
    ["15m", 900],
    ["12h", 43_200],
    ["2d", 172_800],
  ])("is read: %s", (text, seconds) => {
    expect(secondsIn(text)).toBe(seconds);
  });

  it.each(["", "0", "0m", "-5", "1.5h", "15 m", "15M", "1D", "d", "m", "1e3", "0x10", "15m5", "9999999"])(
    "is refused: %j",
    (text) => {
      expect(secondsIn(text)).toBeUndefined();
    },
  );

  it("is what policies mean by it", () => {
    for (const text of ["45s", "15m", "2h"]) expect(secondsIn(text)).toBe(parseDuration(text));
  });
});
