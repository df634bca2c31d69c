import { type Counted, UNCOUNTED } from "./budget.ts";
import { once } from "./once.ts";

/** One character of a text (one code point), or one of the gaps below. */
export type Character = string;

/**
 * A pattern: characters and gaps, in order. Gaps are lone surrogates, which no text holds (see `literal`). A pattern
 * without gaps therefore is its own text, and patterns are compared as strings.
 */
export type Pattern = string;

/** Matches any run of characters, also an empty one. */
export const ANY: Pattern = "\uDC00";
/** Matches any one character. */
export const ONE: Pattern = "\uDC01";
/** The same gaps within one of an ARN's first five parts: they match no colon. */
export const ANY_IN_PART: Pattern = "\uDC02";
export const ONE_IN_PART: Pattern = "\uDC03";

const GAP = /[\uDC00-\uDC03]/u;
const ANYS = /\uDC00{2,}/gu;

/**
 * Returns the pattern that only this text matches. A lone surrogate becomes the replacement character, as in Cedar and
 * in UTF-8.
 */
export const literal = (text: string): Pattern => text.toWellFormed();

/** True for a pattern without gaps. One text alone matches such a pattern. */
export const isText = (pattern: Pattern): boolean => !GAP.test(pattern);

/** Number of UTF-16 units before the first gap. */
export function literalLength(pattern: Pattern): number {
  const gap = pattern.search(GAP);
  return gap < 0 ? pattern.length : gap;
}

/**
 * A set of strings: those that match one of the suffixes of a pattern. States with the same suffixes are the same
 * object.
 */
export interface State {
  readonly id: number;
  /** True for the set of all strings. */
  readonly isSure: boolean;
  /** True for the set of no string. */
  readonly isDead: boolean;
  /** True where the empty string is in the set. */
  readonly accepts: boolean;
  /** Characters that lead to another set than all other characters do. */
  readonly expects: readonly Character[];
  /** Suffixes of the pattern, the longest first. */
  readonly suffixes: readonly Pattern[];
  /** Number of UTF-16 units that all strings of the set begin with; 0 where there are several suffixes. */
  readonly run: number;
  /** The one character that leaves the set; undefined where several do, or none. */
  readonly leavesAt: Character | undefined;
  /** Cached results of `after`, by character. */
  steps: Map<Character, State> | undefined;
}

/** Memory that V8 takes, from above; bytes. Of a new map in `steps`, an entry's share. */
const BYTES = { state: 500, suffix: 60, entry: 100, character: 2 } as const;

/** Automata of patterns, built on demand and cached. */
export class Languages {
  /** States by their suffixes: of one suffix, and of none or several. */
  readonly #ofOne = new Map<Pattern, State>();
  readonly #ofMany = new Map<string, State>();
  /** Start states, by pattern. */
  readonly #known = new Map<Pattern, State>();
  readonly #read = new Map<string, Pattern>();
  readonly #budget: Counted;
  #size = 0;
  #bytes = 0;
  readonly dead: State;
  readonly sure: State;

  constructor(budget: Counted = UNCOUNTED) {
    this.#budget = budget;
    this.dead = this.#state([]);
    this.sure = this.of(ANY);
  }

  /** Memory in use, estimated from above; bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the pattern that was read under this name before, or reads it now. */
  read<T extends Pattern | undefined>(name: string, read: () => T): T {
    const known = this.#read.get(name) as T;
    if (known !== undefined) return known;
    const pattern = read();
    if (pattern === undefined) return pattern;
    this.#read.set(name, pattern);
    this.#bytes += BYTES.entry + BYTES.character * (name.length + pattern.length);
    return pattern;
  }

  /** Returns the set of strings that match the pattern. */
  of(pattern: Pattern): State {
    // The only suffix of a text, at its start, is the text.
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (isText(pattern)) return this.#state([pattern]);
    // Two adjacent gaps that match any run are equal to one.
    return once(this.#known, pattern, () => {
      this.#bytes += BYTES.entry + BYTES.character * pattern.length;
      return this.#state(closed([pattern.replace(ANYS, ANY)]));
    });
  }

  /** Returns the set of the strings w such that the character followed by w is in the set. */
  after(state: State, character: Character): State {
    const known = state.steps?.get(character);
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (known) return known;
    const next = this.#state(closed(state.suffixes.flatMap((suffix) => stepped(suffix, character))));
    state.steps ??= new Map();
    this.#bytes += BYTES.entry;
    // Stryker disable next-line CallExpression: the answer would be the same, only later
    state.steps.set(character, next);
    return next;
  }

  /** Returns the set of the strings w such that the text followed by w is in the set. */
  afterAll(state: State, text: string): State {
    let at = state;
    for (let place = 0; place < text.length; ) {
      // Stryker disable next-line ConditionalExpression,LogicalOperator: the answer would be the same, only later
      if (at.isDead || at.isSure) return at;
      // Stryker disable next-line ConditionalExpression,BlockStatement: the answer would be the same, only later
      if (at.leavesAt !== undefined) {
        // Text before the next such character does not change the state.
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
      // A run of characters is compared at once, without the states between.
      const suffix = at.suffixes[0] as Pattern;
      const length = Math.min(at.run, text.length - place);
      if (!suffix.startsWith(text.slice(place, place + length))) return this.dead;
      at = this.#state(closed([suffix.slice(length)]));
      place += length;
    }
    return at;
  }

  /** Returns whether the string is in the set. */
  has(state: State, text: string): boolean {
    return this.afterAll(state, text).accepts;
  }

  #state(suffixes: readonly Pattern[]): State {
    const isOne = suffixes.length === 1;
    const only = suffixes[0] as Pattern;
    // No suffix holds the separator, so different lists have different keys.
    const key = isOne ? only : suffixes.join(SEPARATOR);
    const states = isOne ? this.#ofOne : this.#ofMany;
    const known = states.get(key);
    if (known) return known;
    this.#budget.characters(key.length);
    this.#bytes += BYTES.state + BYTES.suffix * suffixes.length + BYTES.character * key.length;
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

/**
 * True for two suffixes: a leading gap of any run with the rest behind it, and that rest alone. Only one character
 * leaves such a state. A gap within a part counts where a colon follows it.
 */
const isRest = ([longer, shorter, ...others]: readonly Pattern[]): boolean =>
  shorter !== undefined &&
  others.length === 0 &&
  (longer === ANY + shorter || (longer === ANY_IN_PART + shorter && shorter[0] === COLON));

export const COLON = ":";
/** A lone surrogate that is no gap. */
const SEPARATOR = "\uDC04";

/** Returns the character, or gap, that begins there; empty behind the end. */
export const characterAt = (text: string, place: number): Character => {
  const point = text.codePointAt(place);
  return point === undefined ? "" : String.fromCodePoint(point);
};

/**
 * Adds the suffixes behind leading gaps, since a gap may be empty. Then drops the suffixes before the last one that
 * begins with a gap of any run, which matches all of their strings.
 */
function closed(suffixes: readonly Pattern[]): readonly Pattern[] {
  // Stryker disable next-line ConditionalExpression,LogicalOperator,EqualityOperator: the answer would be the same, only later
  if (suffixes.length === 0 || (suffixes.length === 1 && !isRun(suffixes[0] as Pattern))) return suffixes;
  const reached = new Set(suffixes);
  for (const suffix of reached) if (isRun(suffix)) reached.add(suffix.slice(1));
  // From one suffix on, the longer suffixes were reached first.
  // Stryker disable next-line ConditionalExpression,EqualityOperator: the answer would be the same, only later
  const all = suffixes.length === 1 ? [...reached] : [...reached].sort((a, b) => b.length - a.length);
  const last = all.findLastIndex((suffix) => characterAt(suffix, 0) === ANY);
  // Stryker disable next-line EqualityOperator: a list from its first suffix on is the list
  return last < 0 ? all : all.slice(last);
}

/** True where the suffix begins with a gap that matches any run, or any run within a part. */
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
