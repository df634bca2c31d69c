import { describe, expect, it } from "vitest";
import { EARLIER_OUTCOMES, earlierInWords, outcomeInWords } from "../../../contract/decision/earlier-in-words.ts";

const requests = (...outcomes: readonly string[]) => outcomes.map((outcome) => ({ outcome, by: [] }));

describe("earlier requests in words", () => {
  it.each([
    [
      ["denied", "approved", "approved", "approved"],
      false,
      "Asked 4 times before, within 30 days: 3 approved, 1 denied.",
    ],
    [["expired"], false, "Asked 1 time before, within 30 days: 1 expired."],
    [[], false, "No earlier request for this within 30 days that you may see."],
    [
      ["denied"],
      true,
      "Asked at least 1 time before, within 30 days: 1 denied. The agent has asked so often that older requests were not read.",
    ],
    [["lost", "denied"], false, "Asked 2 times before, within 30 days: 1 denied, 1 lost."],
    [["constructor"], false, "Asked 1 time before, within 30 days: 1 constructor."],
  ] as const)("counts %j, cut %j", (outcomes, cut, line) => {
    expect(earlierInWords({ requests: requests(...outcomes), cut })).toBe(line);
  });

  it("counts every outcome once", () => {
    const line = earlierInWords({ requests: requests(...EARLIER_OUTCOMES), cut: false });
    expect(line.match(/\b1 \w+/g)).toHaveLength(EARLIER_OUTCOMES.length);
  });

  it.each([
    [{ outcome: "denied", by: ["staff|bob"] }, "denied by bob"],
    [{ outcome: "approved", by: ["staff|bob", "staff|carol"] }, "approved by bob and carol"],
    [{ outcome: "approved", by: ["staff|bob"], glass: true }, "approved by bob alone, who broke the glass"],
    [{ outcome: "expired", by: [] }, "expired"],
  ] as const)("names who decided: %j", (request, line) => {
    expect(outcomeInWords(request, (person) => person.replace("staff|", ""))).toBe(line);
  });
});
