import { expect, it } from "vitest";
import { leftInWords } from "../../../console/consents/in-words.ts";

it.each([
  [7 * 86_400 - 5, "7 days left"],
  [90_000, "1 day left"],
  [86_399, "24 hours left"],
  [3_600, "1 hour left"],
  [3_599, "less than an hour left"],
  [0, "expired"],
])("a consent with %i seconds of life has %s", (seconds, words) => {
  expect(leftInWords(seconds)).toBe(words);
});
