import { describe, expect, it } from "vitest";
import { Budget, OverBudget, UNCOUNTED } from "../../../../functions/core/proof/budget.ts";
import { iamPattern } from "../../../../functions/core/proof/iam-pattern.ts";
import { charactersFor, keyValues } from "../../../../functions/core/proof/key-values.ts";
import { Languages } from "../../../../functions/core/proof/language.ts";

/** Values of a key for globs, and how many states were looked at. */
function valuesFor(globs: readonly string[], isAccount = false) {
  const languages = new Languages();
  let count = 0;
  const counted = { ...UNCOUNTED, state: () => (count += 1) };
  const states = globs.map((glob) => languages.of(iamPattern(glob, true) ?? ""));
  const values = keyValues(states, isAccount, languages, counted);
  return { values, count };
}

const matches = (glob: string, word: string) =>
  new RegExp(`^${glob.replaceAll("*", ".*").replaceAll("?", ".")}$`, "su").test(word);
const wordsOf = (letters: readonly string[], most: number): readonly string[] =>
  Array.from({ length: most }).reduce<readonly string[]>(
    (words) => [...new Set([...words, ...words.flatMap((word) => letters.map((one) => word + one))])],
    [""],
  );
const WORDS = wordsOf(["a", "b", "c"], 4).toSorted((one, two) => one.length - two.length);
const GLOBS = ["", "a", "ab", "a*", "*b", "*a*", "?", "b?*", "*"];

describe("values of a key", () => {
  it("are a shortest one for each way in which globs can match together, and no other", () => {
    for (const one of GLOBS)
      for (const two of GLOBS)
        for (const three of ["b", "*ab"]) {
          const globs = [one, two, three];
          const vectorOf = (word: string) => globs.map((glob) => matches(glob, word));
          const shortest = new Map<string, number>();
          for (const word of WORDS.toReversed()) shortest.set(vectorOf(word).join(), word.length);
          const { values } = valuesFor(globs);
          expect(values.map(({ value }) => vectorOf(value))).toEqual(values.map(({ isIn }) => isIn));
          const found = new Map(values.map(({ value, isIn }) => [isIn.join(), value.length]));
          expect(found).toEqual(new Map([...shortest].filter(([vector]) => found.has(vector))));
          expect([...shortest.keys()].filter((vector) => !found.has(vector))).toEqual([]);
          expect(values.length).toBe(found.size);
        }
  });

  it.each([
    [["1*"], ["111111111111", "0"]],
    [["0*"], ["0", "1"]],
    [["*5"], ["5", "0"]],
    [
      ["12*", "*34"],
      ["12*34", "12*", "*34", "0"],
    ],
    [["123456789012"], ["123456789012", "other"]],
    [["12345678901", "1234567890123"], ["neither"]],
    [["a*", "????????????"], ["twelve alone"]],
    [["0*", "1*", "2*", "3*", "4*", "5*", "6*", "7*", "8*", "9*"], [..."0123456789"]],
  ])("of an account are numbers of twelve digits: %j", (globs, ways) => {
    const { values } = valuesFor(globs, true);
    expect(values.length).toBe(ways.length);
    for (const { value, isIn } of values) {
      expect(value).toMatch(/^\d{12}$/);
      expect(globs.map((glob) => matches(glob, value))).toEqual(isIn);
    }
    expect(new Set(values.map(({ isIn }) => isIn.join())).size).toBe(ways.length);
  });

  it.each([
    [["ab"], false, 4],
    [["a*", "*b"], false, 5],
    [["1*"], true, 25],
    [["*"], true, 13],
  ] as const)(
    "are paid for by the state, each place once: %j (of an account: %s) takes %i",
    (globs, isAccount, count) => {
      expect(valuesFor(globs, isAccount).count).toBe(count);
    },
  );

  it("end with the budget", () => {
    const languages = new Languages();
    const budget = new Budget(() => 0, { work: 3 * 4, milliseconds: 1 });
    expect(() => keyValues([languages.of("ab")], false, languages, budget)).toThrow(OverBudget);
  });
});

describe("characters that make a difference", () => {
  it("are those that a set expects, and the first from x on that none does", () => {
    const languages = new Languages();
    const of = (...globs: readonly string[]) =>
      charactersFor(globs.map((glob) => languages.of(iamPattern(glob, true) ?? "")));
    expect(of("a*", "b")).toEqual(["a", "b", "x"]);
    expect(of("x")).toEqual(["x", "y"]);
    expect(of("x", "y*")).toEqual(["x", "y", "z"]);
    expect(of("x", "z")).toEqual(["x", "z", "y"]);
    expect(of()).toEqual(["x"]);
  });
});
