import { expect, it } from "vitest";
import { hourEnd } from "../../../../functions/core/policy/hour-end.ts";

it.each([
  ["2026-11-24T12:00:00.000Z", "2026-11-24T13:00:00Z"],
  ["2026-11-24T12:59:59.999Z", "2026-11-24T13:00:00Z"],
  ["2026-12-31T23:30:00.000Z", "2027-01-01T00:00:00Z"],
])("the hour of %s ends at %s, which is no longer of it", (at, end) => {
  expect(hourEnd(Date.parse(at))).toBe(Date.parse(end) / 1_000);
});
