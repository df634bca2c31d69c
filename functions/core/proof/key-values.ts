import type { Counted } from "./budget.ts";
import type { Character, Languages, State } from "./language.ts";

/** A string, and for each set whether the string is in it. */
export interface Witness {
  readonly value: string;
  readonly isIn: readonly boolean[];
}

const DIGITS: readonly Character[] = [..."0123456789"];
const ACCOUNT_DIGITS = 12;

/**
 * Returns a shortest string for each combination of sets that one string can be in: the cases in which a key's value
 * matters. Each literal and one other value would not suffice: `d*` and `*a` need `da`, `d`, `a` and a fourth.
 * @param isAccount true where the value is an account's number.
 */
export function keyValues(
  states: readonly State[],
  isAccount: boolean,
  languages: Languages,
  budget: Counted,
): readonly Witness[] {
  const found = new Map<string, Witness>();
  const seen = new Set<string>();
  let front: readonly Place[] = [{ states, value: "" }];
  for (let length = 0; front.length > 0; length += 1) {
    const next: Place[] = [];
    for (const place of front) {
      const key = [isAccount && length, ...place.states.map(({ id }) => id)].join();
      if (seen.has(key)) continue;
      seen.add(key);
      budget.state();
      if (!isAccount || length === ACCOUNT_DIGITS) note(place, found);
      const characters = isAccount ? digitsFor(place.states, length) : charactersFor(place.states);
      for (const character of characters) {
        next.push({
          states: place.states.map((state) => languages.after(state, character)),
          value: place.value + character,
        });
      }
    }
    front = next;
  }
  return [...found.values()];
}

/**
 * Yields texts of which, for most formulas, one is in the sets that the formula needs: one in none of the sets, and two
 * in each of them, with empty gaps and with filled ones.
 */
export function* likelyValues(states: readonly State[]): Generator<string> {
  const other = otherThan(states.flatMap(({ suffixes }) => suffixes).join(""));
  yield other;
  yield "";
  for (const { suffixes } of states)
    for (const suffix of suffixes) {
      yield suffix.replace(RUNS, "").replace(ONES, other);
      yield suffix.replace(RUNS, other).replace(ONES, other);
    }
}
const RUNS = /[\uDC00\uDC02]/gu;
const ONES = /[\uDC01\uDC03]/gu;

/** Returns a character that the text does not hold: the first one from `x` on. */
const otherThan = (text: string): Character => other(new Set(text));

interface Place {
  readonly states: readonly State[];
  readonly value: string;
}

function note({ states, value }: Place, found: Map<string, Witness>): void {
  const isIn = states.map(({ accepts }) => accepts);
  const key = isIn.join();
  if (!found.has(key)) found.set(key, { value, isIn });
}

/** Returns the characters that some of the sets expect, and one that none expects. */
export function charactersFor(states: readonly State[]): readonly Character[] {
  const expected = expectedBy(states);
  return [...expected, other(expected)];
}

function digitsFor(states: readonly State[], length: number): readonly Character[] {
  if (length === ACCOUNT_DIGITS) return [];
  const expected = expectedBy(states);
  const others = DIGITS.find((digit) => !expected.has(digit)) ?? [];
  return [...[...expected].filter((character) => DIGITS.includes(character)), ...others];
}

const expectedBy = (states: readonly State[]): ReadonlySet<Character> =>
  new Set(states.flatMap(({ expects }) => expects));

/** Returns a character that is not expected: the first one from `x` on. */
function other(expected: ReadonlySet<Character>): Character {
  for (let offset = 0; ; offset += 1) {
    const character = String.fromCodePoint(FIRST_OTHER + offset);
    if (!expected.has(character)) return character;
  }
}
const FIRST_OTHER = 120;
