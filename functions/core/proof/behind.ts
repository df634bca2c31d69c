import type { Counted } from "./budget.ts";
import { FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import type { FormulaLists, Formulas } from "./formulas.ts";
import {
  ANY,
  ANY_IN_PART,
  COLON,
  isText,
  literalLength,
  ONE,
  ONE_IN_PART,
  type Pattern,
  type State,
} from "./language.ts";
import { once } from "./once.ts";
import { endOfGaps, patternsBefore } from "./patterns.ts";
import type { Unknowns } from "./unknowns.ts";

/** ARNs that begin with a literal head, and end with a literal tail behind it. */
export interface Place {
  readonly head: string;
  readonly tail: string;
  /** True where nothing follows the head. */
  readonly isWhole: boolean;
}

/** Every ARN: the empty head and tail. */
export const ANYWHERE: Place = { head: "", tail: "", isWhole: false };

/** Returns the place of a pattern: its literal head, and its literal tail. */
export function placeOf(pattern: Pattern): Place {
  const length = literalLength(pattern);
  const isWhole = length === pattern.length;
  return { head: pattern.slice(0, length), tail: isWhole ? "" : pattern.slice(endOfGaps(pattern)), isWhole };
}

/**
 * Formulas restricted to the ARNs of one place, so that they are about the rest of the ARN alone: what lies between the
 * head and the tail. Most atoms become true, false or equal that way. Behind a whole ARN no atom on the ARN is left.
 */
export class Behind {
  readonly #unknowns: Unknowns;
  readonly #lists: FormulaLists;
  readonly #place: Place;
  readonly #budget: Counted;
  readonly #made = new Map<Formula, Formula>();
  readonly #rests = new Map<State, Formula>();
  readonly #known = new Map<Formulas, Formulas>();
  /** Formula of the rests that complete the head and the tail to an ARN of six parts. */
  readonly within: Formula;

  constructor(place: Place, unknowns: Unknowns, lists: FormulaLists, budget: Counted) {
    this.#unknowns = unknowns;
    this.#lists = lists;
    this.#place = place;
    this.#budget = budget;
    this.within = this.of(wellFormed(place.head, unknowns));
  }

  /** Returns the ARN of a rest. */
  arnOf(rest: string): string {
    return `${this.#place.head}${rest}${this.#place.tail}`;
  }

  of(formula: Formula): Formula {
    return this.#unknowns.diagram.replace(formula, this.#after, this.#made);
  }

  ofAll(list: Formulas): Formulas {
    return once(this.#known, list, () => this.#lists.of([...list.all].map((each) => this.of(each))));
  }

  /** Returns the formula of the rests with which an ARN matches the pattern. */
  arns(pattern: Pattern): Formula {
    const { languages } = this.#unknowns;
    if (!isText(pattern)) return this.#restsOf(languages.of(pattern));
    const { head, tail } = this.#place;
    // A text is compared with the head and the tail in one step. No state is needed before the rest.
    const isHere = pattern.length >= head.length + tail.length && pattern.startsWith(head) && pattern.endsWith(tail);
    return this.#restIn(
      isHere ? languages.of(pattern.slice(head.length, pattern.length - tail.length)) : languages.dead,
    );
  }

  #after = (variable: Variable): Formula => {
    const unknown = this.#unknowns.of(variable);
    return unknown.of === "arn" ? this.#restsOf(unknown.state) : this.#unknowns.diagram.variable(variable);
  };

  /** Formula of the rests that, between the head and the tail, are in the set. */
  #restsOf(state: State): Formula {
    return once(this.#rests, state, () => {
      const { languages, diagram } = this.#unknowns;
      const { head, tail } = this.#place;
      if (tail === "") return this.#restIn(languages.afterAll(state, head));
      const before = patternsOf(state).flatMap((pattern) => patternsBefore(pattern, tail, this.#budget));
      return diagram.or(...before.map((pattern) => this.#restIn(languages.afterAll(languages.of(pattern), head))));
    });
  }

  /** Formula of the rests in the set. Behind a whole ARN the rest is empty. */
  #restIn(state: State): Formula {
    if (this.#place.isWhole) return state.accepts ? TRUE : FALSE;
    return this.#unknowns.arn(state);
  }
}

/** Returns patterns that together match the strings of a set. A suffix behind a gap of any run adds none to the gap's. */
const patternsOf = ({ suffixes }: State): readonly Pattern[] =>
  suffixes.filter((suffix) => !suffixes.includes(ANY + suffix) && !suffixes.includes(ANY_IN_PART + suffix));

/**
 * Formula of the rests with which the head is an ARN: six parts, the first of them `arn`. Every resource that is named
 * by its ARN has one. Most heads have six parts already. The account may be a number, a word (`aws`, `offering`) or
 * empty.
 */
function wellFormed(head: string, unknowns: Unknowns): Formula {
  if (head.split(COLON).length > 5) return TRUE;
  const any = `${ONE_IN_PART}${ANY_IN_PART}`;
  const whole = ["arn", any, any, ANY_IN_PART, ANY_IN_PART, `${ONE}${ANY}`].join(COLON);
  return unknowns.arn(unknowns.languages.of(whole));
}
