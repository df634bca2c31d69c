import { FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import type { FormulaLists, Formulas } from "./formulas.ts";
import { ANY, ANY_IN_PART, COLON, isText, ONE, ONE_IN_PART, type Pattern, type State } from "./language.ts";
import { once } from "./once.ts";
import type { Unknowns } from "./unknowns.ts";

/** ARNs that begin with a literal head. */
export interface Place {
  readonly head: string;
  /** True where nothing follows. */
  readonly isWhole: boolean;
}

/** Every ARN: the empty head. */
export const ANYWHERE: Place = { head: "", isWhole: false };

/**
 * Formulas restricted to the ARNs of one place, so that they are about the rest of the ARN alone. Most atoms become
 * true, false or equal that way. Behind a whole ARN no atom on the ARN is left.
 */
export class Behind {
  readonly #unknowns: Unknowns;
  readonly #lists: FormulaLists;
  readonly #place: Place;
  readonly #made = new Map<Formula, Formula>();
  readonly #rests = new Map<State, Formula>();
  readonly #known = new Map<Formulas, Formulas>();
  /** Formula of the rests that complete the head to an ARN of six parts. */
  readonly within: Formula;

  constructor(place: Place, unknowns: Unknowns, lists: FormulaLists) {
    this.#unknowns = unknowns;
    this.#lists = lists;
    this.#place = place;
    this.within = this.of(wellFormed(place.head, unknowns));
  }

  get head(): string {
    return this.#place.head;
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
    const { head } = this.#place;
    // A text is compared with the head in one step. No state is needed before the rest.
    return this.#restIn(pattern.startsWith(head) ? languages.of(pattern.slice(head.length)) : languages.dead);
  }

  #after = (variable: Variable): Formula => {
    const unknown = this.#unknowns.of(variable);
    return unknown.of === "arn" ? this.#restsOf(unknown.state) : this.#unknowns.diagram.variable(variable);
  };

  /** Formula of the rests that lead into the set. */
  #restsOf(state: State): Formula {
    return once(this.#rests, state, () => this.#restIn(this.#unknowns.languages.afterAll(state, this.#place.head)));
  }

  /** Formula of the rests in the set. Behind a whole ARN the rest is empty. */
  #restIn(state: State): Formula {
    if (this.#place.isWhole) return state.accepts ? TRUE : FALSE;
    return this.#unknowns.arn(state);
  }
}

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
