import type { Diagram, Formula, Variable } from "./diagram.ts";
import { FALSE, TRUE } from "./diagram.ts";
import { once } from "./once.ts";

/** A set of formulas. A call that is looked for must meet none of them. */
export interface Formulas {
  /** Two lists with the same formulas have the same number. */
  readonly id: number;
  /** True where one of them always holds. */
  readonly isCertain: boolean;
  readonly all: ReadonlySet<Formula>;
  /** Returns the formulas that depend on each variable, by variable. */
  by(): ReadonlyMap<Variable, readonly Formula[]>;
}

/** Makes lists of formulas: the same formulas in the same order are the same list. */
export class FormulaLists {
  readonly #diagram: Diagram;
  readonly #known = new Map<string, Formulas>();

  constructor(diagram: Diagram) {
    this.#diagram = diagram;
  }

  of(formulas: Iterable<Formula>): Formulas {
    const all = new Set(formulas);
    all.delete(FALSE);
    return once(this.#known, [...all].join(), () => this.#built(all));
  }

  #built(all: ReadonlySet<Formula>): Formulas {
    let by: ReadonlyMap<Variable, readonly Formula[]> | undefined;
    return {
      id: this.#known.size,
      isCertain: all.has(TRUE),
      all,
      by: () => {
        by ??= this.#byVariable(all);
        return by;
      },
    };
  }

  #byVariable(formulas: Iterable<Formula>): ReadonlyMap<Variable, readonly Formula[]> {
    const by = new Map<Variable, Formula[]>();
    for (const each of formulas)
      for (const variable of this.#diagram.support(each)) once(by, variable, () => []).push(each);
    return by;
  }
}
