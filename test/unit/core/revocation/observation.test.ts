import { describe, expect, it } from "vitest";
import {
  type CallOutcome,
  DENYING_REFUSALS,
  isDenied,
  NOTHING_SEEN,
  withCall,
} from "../../../../functions/core/revocation/observation.ts";

/** One call each second, each answered 100 ms after it was sent. */
const seenAfter = (outcomes: string) =>
  [...outcomes].reduce((seen, letter, index) => {
    const outcome = { a: "answered", r: "refused", u: "unknown" }[letter] as CallOutcome;
    return withCall(seen, outcome, index * 1_000, index * 1_000 + 100);
  }, NOTHING_SEEN);

describe("the observation of a probe", () => {
  it.each([
    ["", false],
    ["aaa", false],
    ["arr", false],
    ["arrr", true],
    ["rrr", true],
    ["rrarr", false],
    ["arrarrr", true],
    // An outage neither refuses nor answers.
    ["auuu", false],
    ["aruurr", true],
  ])("%s: denied, %s", (outcomes, denied) => {
    expect(DENYING_REFUSALS).toBe(3);
    expect(isDenied(seenAfter(outcomes))).toBe(denied);
  });

  it("was answered when the last answered call was sent, and denied when the first refusal of those in a row came", () => {
    expect(seenAfter("aaurrr")).toEqual({ answeredAtMs: 1_000, deniedAtMs: 3_100, refusals: 3 });
    expect(seenAfter("arrarrr")).toEqual({ answeredAtMs: 3_000, deniedAtMs: 4_100, refusals: 3 });
    expect(seenAfter("rrr")).toEqual({ deniedAtMs: 100, refusals: 3 });
  });
});
