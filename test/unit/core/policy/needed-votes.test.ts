import { describe, expect, it } from "vitest";
import { neededOfAll, parseNeeded, textOf, votesIn } from "../../../../functions/core/policy/needed-votes.ts";

describe("the text of @approval", () => {
  it.each([
    ["sre", [{ group: "sre", count: 1 }]],
    ["sre=2", [{ group: "sre", count: 2 }]],
    [
      "sre=2,security=1",
      [
        { group: "security", count: 1 },
        { group: "sre", count: 2 },
      ],
    ],
  ])("%s names groups and their votes", (text, needed) => {
    expect(parseNeeded(text)).toEqual(needed);
  });

  it.each([
    ["", "an empty text"],
    ["sre=0", "a count of 0, by which openbao#3666 was bypassed"],
    ["sre=-1", "a negative count"],
    ["sre=6", "more than five votes"],
    ["sre=01", "a second spelling of a count"],
    ["sre=", "a missing count"],
    ["sre=1.5", "a fraction"],
    ["sre,sre", "a group twice"],
    ["sre=1,sre=2", "a group twice, with two counts"],
    ["aa,bb,cc,dd", "four groups"],
    ["sre,", "an empty entry"],
    ["SRE", "capital letters"],
    ["sre, security", "a space"],
    ["s", "a name of one letter"],
  ])("%j is refused: %s", (text) => {
    expect(parseNeeded(text)).toBeTypeOf("string");
  });

  it("requires every group of all permits, with the largest number of each: AND, never OR (teleport#36854)", () => {
    const one = [{ group: "sre", count: 2 }];
    const other = [
      { group: "security", count: 1 },
      { group: "sre", count: 1 },
    ];
    const both = [
      { group: "security", count: 1 },
      { group: "sre", count: 2 },
    ];
    expect(neededOfAll([one, other])).toEqual(both);
    expect(neededOfAll([other, one])).toEqual(both);
    expect(votesIn(both)).toBe(3);
    expect(textOf(both)).toBe("security,sre=2");
  });
});
