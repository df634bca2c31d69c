/** One step of a pattern: the code point of a character, or one of the gaps below. */
export type Token = number;
/** Any run of characters, an empty one too. */
export const ANY: Token = -1;
/** Any one character. */
export const ONE: Token = -2;
/** The same within one of the first five parts of an ARN: no colon. */
export const ANY_IN_PART: Token = -3;
export const ONE_IN_PART: Token = -4;

export const COLON = 58;

/** The characters of a text, as tokens. */
export const literal = (text: string): readonly Token[] =>
  [...text].map((character) => character.codePointAt(0) as number);

/** Suffix of a pattern from some place on. Two patterns with the same ending share their suffixes. */
interface Suffix {
  readonly id: number;
  readonly token: Token;
  readonly next: Suffix | undefined;
  readonly length: number;
  /** The state of this suffix alone, once there is one. */
  state: State | undefined;
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
  readonly expects: readonly Token[];
  readonly suffixes: readonly Suffix[];
  readonly steps: Map<Token, State>;
}

/** Automata of patterns, built as far as somebody walks them, and kept. */
export class Languages {
  readonly #suffixes = new Map<number, Suffix>();
  /** States of no suffix, and of several. */
  readonly #states = new Map<string, State>();
  readonly #known = new Map<string, State>();
  /** The same, by the very list. */
  readonly #sets = new WeakMap<readonly Token[], State>();
  readonly #named = new Map<string, readonly Token[]>();
  #size = 0;
  readonly dead: State;
  readonly sure: State;

  constructor() {
    this.dead = this.#state([]);
    this.sure = this.of([ANY]);
  }

  /** Number of states and patterns: a measure of the memory in use. */
  get size(): number {
    return this.#size + this.#named.size;
  }

  /** Makes the tokens of a pattern, or gives those that were made under this name before. */
  tokens<T extends readonly Token[] | undefined>(name: string, make: () => T): T {
    const known = this.#named.get(name) as T;
    if (known !== undefined) return known;
    const tokens = make();
    if (tokens) this.#named.set(name, tokens);
    return tokens;
  }

  /** The characters of a text. */
  literal(text: string): readonly Token[] {
    return this.tokens(`"${text}`, () => literal(text));
  }

  /** The set of strings that the pattern names. */
  of(tokens: readonly Token[]): State {
    const known = this.#sets.get(tokens);
    if (known) return known;
    const key = tokens.join(" ");
    const state = this.#known.get(key) ?? this.#built(tokens);
    this.#known.set(key, state);
    this.#sets.set(tokens, state);
    return state;
  }

  #built(tokens: readonly Token[]): State {
    let suffix = this.#suffix(END, undefined);
    for (const token of tokens.toReversed()) {
      // Two gaps in a row that each take any run are one.
      if (token === ANY && suffix.token === ANY) continue;
      suffix = this.#suffix(token, suffix);
    }
    return this.#state(this.#closed([suffix]));
  }

  /** The strings w such that the character and then w are in the set. */
  after(state: State, character: Token): State {
    const known = state.steps.get(character);
    if (known) return known;
    const next = this.#state(this.#closed(state.suffixes.flatMap((suffix) => stepped(suffix, character))));
    state.steps.set(character, next);
    return next;
  }

  /** The strings w such that the text and then w are in the set. */
  afterAll(state: State, text: readonly Token[]): State {
    let at = state;
    for (let place = 0; place < text.length; ) {
      if (at.isDead || at.isSure) return at;
      const [first, ...others] = at.suffixes;
      if (first === undefined || others.length > 0 || first.token < 0) {
        at = this.after(at, text[place] as Token);
        place += 1;
        continue;
      }
      // A run of characters is compared as one: the states on the way are not needed.
      let suffix = first;
      for (; place < text.length && suffix.token >= 0; place += 1) {
        if (suffix.token !== text[place]) return this.dead;
        suffix = suffix.next as Suffix;
      }
      at = this.#state(this.#closed([suffix]));
    }
    return at;
  }

  /** Tells whether the string is in the set. */
  has(state: State, text: readonly Token[]): boolean {
    return this.afterAll(state, text).accepts;
  }

  #suffix(token: Token, next: Suffix | undefined): Suffix {
    // Tokens are code points, or a few numbers below zero.
    const key = (next === undefined ? 0 : next.id + 1) * TOKENS + (token - END);
    const known = this.#suffixes.get(key);
    if (known) return known;
    const suffix: Suffix = {
      ...{ id: this.#suffixes.size, token, next, length: (next?.length ?? 0) + 1, state: undefined },
    };
    this.#suffixes.set(key, suffix);
    return suffix;
  }

  /** A gap may be empty: what stands behind it is reached too. What stands before the last gap that takes any run asks for more than the gap does. */
  #closed(suffixes: readonly Suffix[]): readonly Suffix[] {
    const [only, ...others] = suffixes;
    if (only === undefined || (others.length === 0 && only.token !== ANY && only.token !== ANY_IN_PART))
      return suffixes;
    const reached = new Set(suffixes);
    for (const { token, next } of reached) if (next && (token === ANY || token === ANY_IN_PART)) reached.add(next);
    const all = [...reached].sort((a, b) => b.length - a.length);
    const last = all.findLastIndex(({ token }) => token === ANY);
    return last < 0 ? all : all.slice(last);
  }

  #state(suffixes: readonly Suffix[]): State {
    const [first, ...others] = suffixes;
    const isOne = first !== undefined && others.length === 0;
    const key = isOne ? "" : suffixes.map(({ id }) => id).join(" ");
    const known = isOne ? first.state : this.#states.get(key);
    if (known) return known;
    const tokens = new Set(suffixes.map(({ token }) => token));
    const inPart = tokens.has(ANY_IN_PART) || tokens.has(ONE_IN_PART);
    const state: State = {
      id: this.#size,
      isDead: suffixes.length === 0,
      // Behind the gap that stands first there is nothing but the end.
      isSure: suffixes[0]?.token === ANY && suffixes[0].next?.token === END,
      accepts: tokens.has(END),
      expects: [...new Set([...[...tokens].filter((token) => token >= 0), ...(inPart ? [COLON] : [])])],
      suffixes,
      steps: new Map(),
    };
    this.#size += 1;
    if (isOne) first.state = state;
    else this.#states.set(key, state);
    return state;
  }
}

/** Stands behind the last token of each pattern. */
const END: Token = -9;
/** More than there are tokens: code points end at 0x10FFFF. */
const TOKENS = 2 ** 21;

function stepped(suffix: Suffix, character: Token): readonly Suffix[] {
  const { token, next } = suffix;
  if (!next) return [];
  if (token === ANY || (token === ANY_IN_PART && character !== COLON)) return [suffix];
  const takes = token === character || token === ONE || (token === ONE_IN_PART && character !== COLON);
  return takes ? [next] : [];
}
