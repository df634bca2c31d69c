import { expect, it } from "vitest";
import { counted } from "../../../contract/decision/counted.ts";

it.each([
  [counted(0, "task"), "0 tasks"],
  [counted(1, "task"), "1 task"],
  [counted(2, "task"), "2 tasks"],
  [counted(1, "policy", "policies"), "1 policy"],
  [counted(2, "policy", "policies"), "2 policies"],
])("a count agrees with its noun: %s", (written, expected) => {
  expect(written).toBe(expected);
});
