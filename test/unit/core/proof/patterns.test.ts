import { describe, expect, it } from "vitest";
import { Budget, OverBudget, UNCOUNTED } from "../../../../functions/core/proof/budget.ts";
import {
  ANY,
  ANY_IN_PART,
  Languages,
  literal,
  ONE,
  ONE_IN_PART,
  type Pattern,
} from "../../../../functions/core/proof/language.ts";
import { covers, endOfGaps, patternsBefore } from "../../../../functions/core/proof/patterns.ts";
import { wordsOf } from "./small-world.ts";

const PIECES = ["a", ":", "\u{1F400}", ANY, ONE, ANY_IN_PART, ONE_IN_PART];
/** Every pattern of up to three pieces. */
const PATTERNS: readonly Pattern[] = [
  "",
  ...PIECES,
  ...PIECES.flatMap((one) => PIECES.flatMap((two) => [one + two, ...PIECES.map((three) => one + two + three)])),
];
const WORDS = wordsOf("a:\u{1F400}", 4);
const languages = new Languages();
const matched = new Map(
  PATTERNS.map((pattern) => [pattern, new Set(WORDS.filter((word) => languages.has(languages.of(pattern), word)))]),
);
const wordsIn = (pattern: Pattern): ReadonlySet<string> => matched.get(pattern) ?? new Set();

describe("a pattern that covers another", () => {
  it("matches each word of the other, for every two small patterns", () => {
    let covered = 0;
    for (const wide of PATTERNS)
      for (const narrow of PATTERNS) {
        if (!covers(wide, narrow, UNCOUNTED)) continue;
        covered += 1;
        if (![...wordsIn(narrow)].every((word) => wordsIn(wide).has(word)))
          throw new Error(JSON.stringify([wide, narrow]));
      }
    expect(covered).toBeGreaterThan(PATTERNS.length * 20);
  });

  it("is found wherever one covers a text, or a pattern of gaps that match any run", () => {
    const plain = PATTERNS.filter((pattern) => !pattern.includes(ANY_IN_PART) && !pattern.includes(ONE_IN_PART));
    for (const wide of plain)
      for (const word of WORDS)
        expect([wide, word, covers(wide, word, UNCOUNTED)]).toEqual([wide, word, wordsIn(wide).has(word)]);
    const runs = plain.filter((pattern) => !pattern.includes(ONE));
    // A fresh character in each gap shows whether the wide pattern covers what the gap may be.
    for (const wide of runs)
      for (const narrow of runs) {
        const fresh = narrow.replace(/\uDC00/gu, "f");
        expect([wide, narrow, covers(wide, narrow, UNCOUNTED)]).toEqual([
          wide,
          narrow,
          languages.has(languages.of(wide), fresh),
        ]);
      }
  });

  it("is paid for by its steps", () => {
    const [wide, narrow] = [`${ANY}${"a".repeat(200)}b`, "a".repeat(2_000)];
    expect(() => covers(wide, narrow, new Budget(() => 0, { work: 1_000, milliseconds: 1 }))).toThrow(OverBudget);
    expect(covers(ANY + ANY, narrow, new Budget(() => 0, { work: 1_000, milliseconds: 1 }))).toBe(true);
  });
});

describe("the patterns before a text", () => {
  const TAILS = wordsOf("a:\u{1F400}", 3);

  it("match what the pattern matches with the text behind it, for every small pattern", () => {
    for (const pattern of PATTERNS)
      for (const tail of TAILS) {
        const before = patternsBefore(pattern, tail, UNCOUNTED).map((each) => languages.of(each));
        for (const word of WORDS.filter(({ length }) => length + tail.length <= 4)) {
          const isBefore = before.some((state) => languages.has(state, word));
          if (isBefore !== languages.has(languages.of(pattern), word + tail))
            throw new Error(JSON.stringify({ pattern, tail, word, isBefore }));
        }
      }
  });

  it.each([
    [`${ANY}.csv`, "report.csv", [ANY]],
    [`${ANY}.csv`, "report.json", []],
    [`${ANY}secret${ANY}`, "report.csv", [`${ANY}secret${ANY}`]],
    [`${ANY}secret${ANY}`, "ret.csv", [`${ANY}secret${ANY}`, `${ANY}sec`]],
    [`${ANY}secret${ANY}`, "my-secret.csv", [ANY]],
    [`k/${ANY}/${ANY}.csv`, "/a/b.csv", [`k/${ANY}`, "k"]],
    [`a${ONE}`, "b", ["a"]],
    [`a${ANY}`, "", [`a${ANY}`]],
    ["a.csv", ".csv", ["a"]],
    ["a.csv", "b.csv", []],
    ["a.csv", "ba.csv", []],
  ] as const)("are few: %j before %s", (pattern, text, before) => {
    expect(patternsBefore(pattern, text, UNCOUNTED)).toEqual(before);
  });

  it("are paid for by their steps", () => {
    const budget = new Budget(() => 0, { work: 100, milliseconds: 1 });
    const pattern = `${ANY}${"a".repeat(100)}${ANY}`;
    expect(() => patternsBefore(pattern, "a".repeat(99), budget)).toThrow(OverBudget);
  });
});

describe("the end of a pattern's gaps", () => {
  it.each([
    ["abc", 0],
    ["", 0],
    [`a${ANY}bc`, 2],
    [`a${ANY}b${ONE_IN_PART}c`, 4],
    [ANY, 1],
    // U+1F400 has the code units of a gap within it.
    [literal("\u{1F400}"), 0],
    [`${ONE}\u{1F400}`, 1],
  ])("of %j is at %i", (pattern, end) => {
    expect(endOfGaps(pattern)).toBe(end);
  });
});
