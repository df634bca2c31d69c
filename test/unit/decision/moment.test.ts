import { describe, expect, test } from "vitest";
import { spanIn } from "../../../contract/decision/moment.ts";

const NOW = Date.parse("2026-12-02T08:00:00Z");
const read = (text: string) => {
  const span = spanIn(text, NOW);
  return span && [span.firstMs, span.lastMs].map((ms) => new Date(ms).toISOString());
};

describe("spanIn", () => {
  test.each([
    ["90m", "2026-12-02T06:30:00.000Z"],
    ["24h", "2026-12-01T08:00:00.000Z"],
    ["2d", "2026-11-30T08:00:00.000Z"],
    ["2026-11-25T10:00:00Z", "2026-11-25T10:00:00.000Z"],
    ["2026-11-25T10:00Z", "2026-11-25T10:00:00.000Z"],
    ["2026-11-25 10:00:00.250+01:00", "2026-11-25T09:00:00.250Z"],
    ["2026-11-25t10:00:00z", "2026-11-25T10:00:00.000Z"],
  ])("reads %s as one moment", (text, moment) => {
    expect(read(text)).toEqual([moment, moment]);
  });

  test("reads a day as all of it, in UTC", () => {
    expect(read("2026-11-25")).toEqual(["2026-11-25T00:00:00.000Z", "2026-11-25T23:59:59.999Z"]);
  });

  test.each([
    "last tuesday",
    "yesterday",
    "",
    "5",
    "foo 5",
    "2026-11",
    "2026-02-30",
    "2026-11-31T10:00:00Z",
    "2026-11-25T10:00:00",
    "2026-11-25T25:00:00Z",
    "25.11.2026",
    "999999d9",
    "999999999d",
  ])("refuses %j", (text) => {
    expect(read(text)).toBeUndefined();
  });
});
