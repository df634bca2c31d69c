import { describe, expect, it } from "vitest";
import { itemBytes, readUnits, writeUnits } from "../../bench/cost/capacity-units.ts";

describe("the size of an item", () => {
  it.each([
    ["a text: its name and its bytes", { name: { S: "abc" } }, 7],
    ["a text outside ASCII: bytes, not characters", { n: { S: "ü" } }, 3],
    ["a number: a byte for two digits, and one", { n: { N: "1795566972" } }, 7],
    ["a number's zeros at its end: nothing", { n: { N: "1000" } }, 3],
    ["a truth or nothing: one", { a: { BOOL: true }, b: { NULL: true } }, 4],
    ["an empty map: three", { m: { M: {} } }, 4],
    ["a map: three, and one for each member beside its name and value", { m: { M: { ab: { S: "c" } } } }, 8],
    ["a list: three, and one for each element", { l: { L: [{ S: "a" }, { S: "bc" }] } }, 9],
  ])("counts %s", (_what, item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});

describe("units", () => {
  it.each([
    [0, 1],
    [1_024, 1],
    [1_025, 2],
  ])("of a write of %d bytes are %d, and twice that in a transaction", (bytes, units) => {
    expect([writeUnits(bytes, false), writeUnits(bytes, true)]).toEqual([units, 2 * units]);
  });

  it.each([
    [0, 1],
    [4_096, 1],
    [4_097, 2],
  ])("of a strong read of %d bytes are %d", (bytes, units) => {
    expect(readUnits(bytes)).toBe(units);
  });
});
