import { FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import { ANY, ANY_IN_PART, COLON, ONE, ONE_IN_PART } from "./language.ts";
import { once } from "./once.ts";
import type { Unknowns } from "./unknowns.ts";

/** The ARNs of a pattern: a literal head, and whatever may follow. */
export interface Place {
  readonly head: string;
  /** True where nothing follows. */
  readonly isWhole: boolean;
}

/** Formulas of which none may hold. */
export interface Formulas {
  /** Two lists with the same formulas have the same number. */
  readonly id: number;
  readonly all: ReadonlySet<Formula>;
}

/** Formulas of a list behind a head, each once. */
export interface BehindAll {
  /** True where one of them holds on every ARN behind the head. */
  readonly isCertain: boolean;
  readonly all: readonly Formula[];
  /** The formulas that say something of the variable, by the variable. */
  by(): ReadonlyMap<Variable, readonly Formula[]>;
}

/** Formulas as they are behind the head of a pattern: about the rest of the ARN, of which most atoms are true, false or the same already. */
export class Behind {
  readonly #unknowns: Unknowns;
  readonly #place: Place;
  readonly #made = new Map<Formula, Formula>();
  readonly #variables = new Map<Variable, Formula>();
  readonly #lists = new Map<number, BehindAll>();
  /** Formula of the rests of ARNs with six parts. */
  readonly within: Formula;

  constructor(place: Place, unknowns: Unknowns) {
    this.#unknowns = unknowns;
    this.#place = place;
    this.within = this.of(wellFormed(place.head, unknowns));
  }

  of(formula: Formula): Formula {
    return this.#unknowns.diagram.replace(formula, this.#after, this.#made);
  }

  ofAll({ id, all }: Formulas): BehindAll {
    return once(this.#lists, id, () => this.#built(all));
  }

  #built(all: ReadonlySet<Formula>): BehindAll {
    const made = new Set<Formula>();
    for (const each of all) made.add(this.of(each));
    made.delete(FALSE);
    const behind = [...made];
    let by: ReadonlyMap<Variable, readonly Formula[]> | undefined;
    return {
      isCertain: made.has(TRUE),
      all: behind,
      by: () => {
        by ??= this.#byVariable(behind);
        return by;
      },
    };
  }

  #byVariable(formulas: readonly Formula[]): ReadonlyMap<Variable, readonly Formula[]> {
    const by = new Map<Variable, Formula[]>();
    for (const each of formulas)
      for (const variable of this.#unknowns.diagram.support(each)) once(by, variable, () => []).push(each);
    return by;
  }

  #after = (variable: Variable): Formula => once(this.#variables, variable, () => this.#behind(variable));

  #behind(variable: Variable): Formula {
    const { diagram, languages } = this.#unknowns;
    const unknown = this.#unknowns.of(variable);
    if (unknown.of !== "arn") return diagram.variable(variable);
    const { head, isWhole } = this.#place;
    const state = languages.afterAll(unknown.state, head);
    if (isWhole) return state.accepts ? TRUE : FALSE;
    return this.#unknowns.arn(state);
  }
}

/** Formula of the ARNs, which have six parts and begin with `arn`: a resource that is named by its ARN has one. The head of most patterns says so already. An account may be a number, a word (`aws`, `offering`), or left out. */
function wellFormed(head: string, unknowns: Unknowns): Formula {
  if (head.split(COLON).length > 5) return TRUE;
  const any = `${ONE_IN_PART}${ANY_IN_PART}`;
  const whole = ["arn", any, any, ANY_IN_PART, ANY_IN_PART, `${ONE}${ANY}`].join(COLON);
  return unknowns.arn(unknowns.languages.of(whole));
}
