import { describe, expect, it } from "vitest";
import { printRows } from "../../bench/print-rows.ts";
import { type Row, verdict } from "../../bench/row.ts";

const row = (name: string, isMet: boolean, notes: readonly string[] = []): Row => ({
  name,
  measured: "1 ms",
  target: "<= 2 ms",
  verdict: verdict(isMet),
  notes,
  figures: {},
});

describe("the printed table", () => {
  it("prints in columns whether each row meets its target", () => {
    expect(printRows([row("a", true), row("longer", false)]).split("\n")).toEqual([
      "what    measured  target",
      "------  --------  -------  ------",
      "a       1 ms      <= 2 ms  ok",
      "longer  1 ms      <= 2 ms  MISSED",
    ]);
  });

  it("puts a row's notes below the table, under its name", () => {
    expect(printRows([row("a", true), row("b", true, ["how", "where"])])).toMatch(/\n\nb\n {2}how\n {2}where$/);
  });
});
