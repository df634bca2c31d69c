import { once } from "./once.ts";

/** One character of a text, as one code point; or one of the gaps below. */
export type Character = string;

/**
 * A pattern: the characters that a string has to have one after the other, and gaps. Gaps are written as lone surrogates, which no text holds
 * (see `literal`), so a pattern without gaps is its own text, and patterns are compared as strings.
 */
export type Pattern = string;

/** Any run of characters, an empty one too. */
export const ANY: Pattern = "\uDC00";
/** Any one character. */
export const ONE: Pattern = "\uDC01";
/** The same within one of the first five parts of an ARN: no colon. */
export const ANY_IN_PART: Pattern = "\uDC02";
export const ONE_IN_PART: Pattern = "\uDC03";

const GAP = /[\uDC00-\uDC03]/u;
const ANYS = /\uDC00{2,}/gu;

/** The pattern that only this text matches. A lone surrogate is the replacement character, as it is for Cedar and in UTF-8. */
export const literal = (text: string): Pattern => text.toWellFormed();

/** True for a pattern without gaps, which one text alone matches. */
export const isText = (pattern: Pattern): boolean => !GAP.test(pattern);

/** Number of UTF-16 units before the first gap. */
export function literalLength(pattern: Pattern): number {
  const gap = pattern.search(GAP);
  return gap < 0 ? pattern.length : gap;
}

/**
 * A set of strings: all that go on as one of the suffixes of one pattern. States with the same suffixes are the same object, so two patterns that ask
 * for the same from here on are one.
 */
export interface State {
  readonly id: number;
  /** True for the set of all strings. */
  readonly isSure: boolean;
  /** True for the set of no string. */
  readonly isDead: boolean;
  /** True where the empty string is in the set. */
  readonly accepts: boolean;
  /** Characters after which the set differs from what it is after other characters. */
  readonly expects: readonly Character[];
  /** Suffixes of the pattern, the longest first. */
  readonly suffixes: readonly Pattern[];
  /** Number of UTF-16 units that all strings of the set begin with; 0 where there are several suffixes. */
  readonly run: number;
  /** The one character after which the set is another one; absent where there are several, or none. */
  readonly leavesAt: Character | undefined;
  /** Sets after one character more, as far as they were asked for. */
  steps: Map<Character, State> | undefined;
}

/** Automata of patterns, built as far as somebody walks them, and kept. */
export class Languages {
  /** States by their suffixes: of one suffix, and of none or several. */
  readonly #ofOne = new Map<Pattern, State>();
  readonly #ofMany = new Map<string, State>();
  /** States of patterns as they are written. */
  readonly #known = new Map<Pattern, State>();
  readonly #read = new Map<string, Pattern>();
  #size = 0;
  readonly dead: State;
  readonly sure: State;

  constructor() {
    this.dead = this.#state([]);
    this.sure = this.of(ANY);
  }

  /** Number of states and patterns: a measure of the memory in use. */
  get size(): number {
    return this.#size + this.#read.size;
  }

  /** Reads a pattern, or gives what was read under this name before. */
  read<T extends Pattern | undefined>(name: string, read: () => T): T {
    const known = this.#read.get(name) as T;
    if (known !== undefined) return known;
    const pattern = read();
    if (pattern !== undefined) this.#read.set(name, pattern);
    return pattern;
  }

  /** The set of strings that the pattern names. */
  of(pattern: Pattern): State {
    // A text is its own only suffix.
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (isText(pattern)) return this.#state([pattern]);
    // Two gaps in a row that each take any run are one.
    return once(this.#known, pattern, () => this.#state(closed([pattern.replace(ANYS, ANY)])));
  }

  /** The strings w such that the character and then w are in the set. */
  after(state: State, character: Character): State {
    const known = state.steps?.get(character);
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (known) return known;
    const next = this.#state(closed(state.suffixes.flatMap((suffix) => stepped(suffix, character))));
    state.steps ??= new Map();
    // Stryker disable next-line CallExpression: the answer would be the same, only later
    state.steps.set(character, next);
    return next;
  }

  /** The strings w such that the text and then w are in the set. */
  afterAll(state: State, text: string): State {
    let at = state;
    for (let place = 0; place < text.length; ) {
      // Stryker disable next-line ConditionalExpression,LogicalOperator: the answer would be the same, only later
      if (at.isDead || at.isSure) return at;
      // Stryker disable next-line ConditionalExpression,BlockStatement: the answer would be the same, only later
      if (at.leavesAt !== undefined) {
        // Text before the next such character changes nothing.
        place = text.indexOf(at.leavesAt, place);
        if (place < 0) return at;
      }
      // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
      if (at.run === 0) {
        const character = characterAt(text, place);
        at = this.after(at, character);
        place += character.length;
        continue;
      }
      // A run of characters is compared as one: the states on the way are not needed.
      const suffix = at.suffixes[0] as Pattern;
      const length = Math.min(at.run, text.length - place);
      if (!suffix.startsWith(text.slice(place, place + length))) return this.dead;
      at = this.#state(closed([suffix.slice(length)]));
      place += length;
    }
    return at;
  }

  /** Tells whether the string is in the set. */
  has(state: State, text: string): boolean {
    return this.afterAll(state, text).accepts;
  }

  #state(suffixes: readonly Pattern[]): State {
    const isOne = suffixes.length === 1;
    const only = suffixes[0] as Pattern;
    // No suffix holds another gap than these, so the list differs from every other.
    const key = isOne ? only : suffixes.join(SEPARATOR);
    const states = isOne ? this.#ofOne : this.#ofMany;
    const known = states.get(key);
    if (known) return known;
    const first = new Set(suffixes.map((suffix) => characterAt(suffix, 0)));
    const inPart = first.has(ANY_IN_PART) || first.has(ONE_IN_PART);
    const expected = [...first].filter((character) => character !== "" && !GAP.test(character));
    const state: State = {
      id: this.#size,
      isDead: suffixes.length === 0,
      isSure: only === ANY,
      accepts: first.has(""),
      expects: inPart && !first.has(COLON) ? [...expected, COLON] : expected,
      suffixes,
      run: isOne ? literalLength(only) : 0,
      leavesAt: isRest(suffixes) ? expected[0] : undefined,
      steps: undefined,
    };
    this.#size += 1;
    states.set(key, state);
    return state;
  }
}

/** A gap that takes any run, or any within a part up to its colon, with the rest behind it: from the gap on, and from behind it on. */
const isRest = ([longer, shorter, ...others]: readonly Pattern[]): boolean =>
  shorter !== undefined &&
  others.length === 0 &&
  (longer === ANY + shorter || (longer === ANY_IN_PART + shorter && shorter[0] === COLON));

export const COLON = ":";
/** Another lone surrogate. */
const SEPARATOR = "\uDC04";

const characterAt = (text: string, place: number): Character => {
  const point = text.codePointAt(place);
  return point === undefined ? "" : String.fromCodePoint(point);
};

/** A gap may be empty: the part behind it is reached too. The part before the last gap that takes any run asks for more than the gap does. */
function closed(suffixes: readonly Pattern[]): readonly Pattern[] {
  // Stryker disable next-line ConditionalExpression,LogicalOperator,EqualityOperator: the answer would be the same, only later
  if (suffixes.length === 0 || (suffixes.length === 1 && !isRun(suffixes[0] as Pattern))) return suffixes;
  const reached = new Set(suffixes);
  for (const suffix of reached) if (isRun(suffix)) reached.add(suffix.slice(1));
  // Parts of one suffix were reached from the longest on.
  // Stryker disable next-line ConditionalExpression,EqualityOperator: the answer would be the same, only later
  const all = suffixes.length === 1 ? [...reached] : [...reached].sort((a, b) => b.length - a.length);
  const last = all.findLastIndex((suffix) => characterAt(suffix, 0) === ANY);
  // Stryker disable next-line EqualityOperator: a list from its first suffix on is the list
  return last < 0 ? all : all.slice(last);
}

/** The suffix begins with a gap that takes any run, or any within a part. */
function isRun(suffix: Pattern): boolean {
  const first = suffix[0];
  return first === ANY || first === ANY_IN_PART;
}

function stepped(suffix: Pattern, character: Character): readonly Pattern[] {
  // Stryker disable next-line ConditionalExpression,StringLiteral: no character is the empty one
  if (suffix === "") return [];
  const first = characterAt(suffix, 0);
  if (first === ANY || (first === ANY_IN_PART && character !== COLON)) return [suffix];
  const takes = first === character || first === ONE || (first === ONE_IN_PART && character !== COLON);
  return takes ? [suffix.slice(first.length)] : [];
}
