import { describe, expect, it } from "vitest";
import { UNCOUNTED } from "../../../../functions/core/proof/budget.ts";
import {
  ANY,
  ANY_IN_PART,
  Languages,
  literal,
  literalLength,
  ONE,
  ONE_IN_PART,
  type State,
} from "../../../../functions/core/proof/language.ts";

const PIECES = ["a", "b", ":", ANY, ONE, ANY_IN_PART, ONE_IN_PART];
const AS_REGEX = new Map([
  [ANY, ".*"],
  [ONE, "."],
  [ANY_IN_PART, "[^:]*"],
  [ONE_IN_PART, "[^:]"],
]);
/** Every list of the letters with as many as that, at most. */
const listsOf = (letters: readonly string[], most: number): readonly string[] =>
  most === 0
    ? [""]
    : [...new Set(listsOf(letters, most - 1).flatMap((list) => ["", ...letters].map((one) => list + one)))];
/** In the last two patterns, a gap within a part ends and leaves two suffixes. The first of these is a text. */
const PATTERNS = [
  ...listsOf(PIECES, 3),
  ...[`${ANY_IN_PART}${ONE}:b`, `${ANY_IN_PART}${ONE}:${ANY_IN_PART}b`, `a${ANY}b${ANY}`, `${ANY}a${ANY}b`],
];
const WORDS = listsOf(["a", "b", ":", "x"], 4);
const regexOf = (pattern: string) =>
  new RegExp(`^${[...pattern].map((piece) => AS_REGEX.get(piece) ?? piece).join("")}$`, "su");

/** Every state that some word leads to. */
function statesOf(languages: Languages): ReadonlySet<State> {
  const states = new Set(PATTERNS.map((pattern) => languages.of(pattern)));
  for (const state of states)
    for (const character of ["a", "b", ":", "x"]) states.add(languages.after(state, character));
  return states;
}

describe("the automaton of a pattern", () => {
  it("has the words that the pattern matches, character by character or all at once", () => {
    const languages = new Languages();
    for (const pattern of PATTERNS) {
      const state = languages.of(pattern);
      const regex = regexOf(pattern);
      const wrong = WORDS.filter((word) => {
        const stepped = [...word].reduce((at: State, character) => languages.after(at, character), state);
        return languages.has(state, word) !== regex.test(word) || stepped.accepts !== regex.test(word);
      });
      expect([pattern, wrong]).toEqual([pattern, []]);
    }
  });

  it("reaches one state, character by character and all at once, and from a cold start", () => {
    const languages = new Languages();
    const named = ({ suffixes }: State) => suffixes;
    for (const pattern of PATTERNS) {
      const state = languages.of(pattern);
      const apart = WORDS.filter((word) => {
        const stepped = [...word].reduce((at: State, character) => languages.after(at, character), state);
        return languages.afterAll(state, word) !== stepped;
      });
      expect([pattern, apart]).toEqual([pattern, []]);
      const cold = new Languages();
      expect(named(cold.of(pattern))).toEqual(named(state));
      expect(named(cold.afterAll(cold.of(pattern), "ab"))).toEqual(named(languages.afterAll(state, "ab")));
    }
  });

  it("expects each character after which it goes on in another way", () => {
    const languages = new Languages();
    for (const pattern of PATTERNS) {
      const state = languages.of(pattern);
      const other = languages.after(state, "x");
      for (const character of ["a", "b", ":", "y"])
        if (!state.expects.includes(character)) expect(languages.after(state, character)).toBe(other);
    }
  });

  it("expects no character but those that a suffix begins with, and a colon where a part may end, each once", () => {
    const languages = new Languages();
    for (const state of statesOf(languages)) {
      const firsts = state.suffixes.map((suffix) => suffix.slice(0, 1));
      // A gap may also match the characters behind it, and a gap within a part ends at a colon.
      const own = ["a", "b", ":"].filter((each) => firsts.includes(each));
      const ends = firsts.some((first) => [":", ANY_IN_PART, ONE_IN_PART].includes(first)) ? [":"] : [];
      const alike = state.expects.filter((each) => ![...own, ...ends].includes(each));
      expect([state.suffixes, alike, new Set(state.expects).size]).toEqual([state.suffixes, [], state.expects.length]);
    }
  });

  it("has its suffixes from the longest to the shortest, and a gap that takes any run before the first one alone", () => {
    for (const { suffixes } of statesOf(new Languages())) {
      const lengths = suffixes.map(({ length }) => length);
      expect(lengths).toEqual([...new Set(lengths)].sort((a, b) => b - a));
      expect(suffixes.slice(1).filter((suffix) => suffix.startsWith(ANY))).toEqual([]);
    }
  });

  it("knows after how many units, and after which one character, it is another set", () => {
    const languages = new Languages();
    for (const state of statesOf(languages)) {
      const { suffixes, run, leavesAt } = state;
      const [longest = "", next = "", ...others] = suffixes;
      expect([suffixes, run]).toEqual([suffixes, suffixes.length === 1 ? literalLength(longest) : 0]);
      const isAny = longest === ANY + next && literalLength(next) > 0;
      const isRest = isAny || (longest === ANY_IN_PART + next && next.startsWith(":"));
      expect([suffixes, leavesAt]).toEqual([suffixes, isRest && others.length === 0 ? next.slice(0, 1) : undefined]);
      const leaves = ["a", "b", ":", "x"].filter((each) => languages.after(state, each) !== state);
      if (leavesAt !== undefined) expect([suffixes, leaves]).toEqual([suffixes, [leavesAt]]);
    }
  });

  it("is dead where no word is left, and sure where every word is", () => {
    const languages = new Languages();
    expect(languages.dead).toMatchObject({ isDead: true, isSure: false, accepts: false });
    expect(languages.sure).toMatchObject({ isDead: false, isSure: true, accepts: true });
    for (const pattern of PATTERNS) {
      const { isDead, isSure, accepts } = languages.of(pattern);
      const regex = regexOf(pattern);
      const isEvery = WORDS.every((word) => regex.test(word));
      expect([pattern, isDead, accepts]).toEqual([pattern, false, regex.test("")]);
      expect([pattern, isEvery || !isSure, isSure || !/^\uDC00+$/u.test(pattern)]).toEqual([pattern, true, true]);
    }
    expect(languages.afterAll(languages.of("ab"), "b")).toBe(languages.dead);
    expect(languages.afterAll(languages.of(`a${ANY}`), "a")).toBe(languages.sure);
  });

  it("is one object for patterns that go on alike, and has a number of its own", () => {
    const languages = new Languages();
    const states = PATTERNS.map((pattern) => languages.of(pattern));
    expect(PATTERNS.map((pattern) => languages.of(pattern))).toEqual(states);
    const all = new Set(states);
    expect(new Set([...all].map(({ id }) => id)).size).toBe(all.size);
    expect(languages.of(`a${ANY}${ANY}b`)).toBe(languages.of(`a${ANY}b`));
    expect(languages.afterAll(languages.of("abc"), "ab")).toBe(languages.of("c"));
  });

  it("takes a character of two units for one", () => {
    const languages = new Languages();
    const fish = "\u{1F41F}";
    expect(languages.has(languages.of(ONE), fish)).toBe(true);
    expect(languages.has(languages.of(`${fish}${ANY}b`), `${fish}ab`)).toBe(true);
    expect(languages.has(languages.of(`${ANY}${fish}`), `a${fish}`)).toBe(true);
    expect(languages.has(languages.of(`${ANY}${fish}`), "a\u{1F420}")).toBe(false);
    expect(languages.of(`${ANY}${fish}`).expects).toEqual([fish]);
  });

  it("reads a lone surrogate as the replacement character, so no text holds a gap", () => {
    expect(literal(`a${ANY}b`)).toBe("a\uFFFDb");
    expect(literal("a\u{1F41F}")).toBe("a\u{1F41F}");
  });

  it.each([
    ["", 0],
    ["ab", 2],
    [`ab${ANY}c`, 2],
    [`${ONE_IN_PART}c`, 0],
    ["\u{1F41F}", 2],
  ] as const)("begins with as many units as there are before the first gap: %j", (pattern, length) => {
    expect(literalLength(pattern)).toBe(length);
  });

  it("is made of a text once", () => {
    const languages = new Languages();
    let made = 0;
    const make = () => {
      made += 1;
      return "a";
    };
    expect([languages.read("one", make), languages.read("one", make), languages.read("two", () => undefined)]).toEqual([
      "a",
      "a",
      undefined,
    ]);
    expect(made).toBe(1);
  });

  it("counts the characters of each state on the budget", () => {
    let characters = 0;
    const languages = new Languages({ ...UNCOUNTED, characters: (count) => (characters += count) });
    characters = 0;
    languages.of("abc");
    languages.of("abc");
    expect(characters).toBe(3);
    languages.of(`${ANY}bc`);
    // Two suffixes, and what separates them.
    expect(characters).toBe(3 + 3 + 2 + 1);
  });

  it("counts the memory of what is stored", () => {
    const languages = new Languages();
    const grown = (store: () => void): number => {
      const before = languages.bytes;
      store();
      return languages.bytes - before;
    };
    expect(grown(() => languages.of("ab"))).toBeGreaterThan(500);
    expect(grown(() => languages.of("ab"))).toBe(0);
    expect(grown(() => languages.of("a".repeat(1_000)))).toBeGreaterThan(2_000);
    expect(grown(() => languages.of(`${ANY}ab`))).toBeGreaterThan(600);
    expect(grown(() => languages.of(`${ANY}ab`))).toBe(0);
    expect(grown(() => languages.after(languages.of("ab"), "a"))).toBeGreaterThan(600);
    expect(grown(() => languages.after(languages.of("ab"), "a"))).toBe(0);
    expect(grown(() => languages.read("one", () => "a"))).toBeGreaterThan(100);
    expect(grown(() => languages.read("none", () => undefined))).toBe(0);
  });
});
