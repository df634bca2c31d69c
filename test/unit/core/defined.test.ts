import { expect, it } from "vitest";
import { defined } from "../../../functions/core/defined.ts";

it("defined leaves out what is undefined, and nothing else: null, 0, empty and false stay", () => {
  const fields = { none: undefined, nil: null, zero: 0, empty: "", no: false, list: [] };
  expect(Object.entries(defined(fields))).toEqual([
    ["nil", null],
    ["zero", 0],
    ["empty", ""],
    ["no", false],
    ["list", []],
  ]);
});
