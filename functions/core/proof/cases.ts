import type { Counted } from "./budget.ts";
import { FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import { keyValues, type Witness } from "./key-values.ts";
import type { State } from "./language.ts";
import { once } from "./once.ts";
import { ACCOUNT, type Unknowns } from "./unknowns.ts";

/** One case of a key, and the formula in it. */
export interface Case {
  /** Undefined where the key is missing. */
  readonly value: string | undefined;
  readonly rest: Formula;
}

/**
 * Eliminates from formulas what a call may choose: the values of keys, and open conditions. Keys are eliminated one by
 * one, so cases of two keys are never multiplied.
 */
export class Cases {
  readonly #unknowns: Unknowns;
  readonly #budget: Counted;
  readonly #witnesses = new Map<string, readonly Witness[]>();
  readonly #onArn = new Map<Formula, Formula>();

  constructor(unknowns: Unknowns, budget: Counted) {
    this.#unknowns = unknowns;
    this.#budget = budget;
  }

  /** Number of cached results. */
  get size(): number {
    return this.#witnesses.size + this.#onArn.size;
  }

  /** Returns the keys that the formula depends on. */
  keysIn(formula: Formula): readonly string[] {
    const keys = this.#unknowns.diagram.support(formula).map((variable) => this.#unknowns.of(variable));
    return [...new Set(keys.flatMap((unknown) => (unknown.of === "key" ? [unknown.key] : [])))];
  }

  /** Returns the formula that holds where the given one does for some value of the key, or without the key. */
  some(formula: Formula, key: string): Formula {
    return this.#any(this.each(formula, key));
  }

  /** Returns the formula that holds where the given one does for some value of the key. */
  someThere(formula: Formula, key: string): Formula {
    return this.#any(this.each(formula, key).filter(({ value }) => value !== undefined));
  }

  /** Restricts the formula to each case of the key. */
  each(formula: Formula, key: string): readonly Case[] {
    const { diagram } = this.#unknowns;
    const variables = diagram.support(formula).filter((variable) => this.#isOf(variable, key));
    const states = variables.map((variable) => this.#stateOf(variable));
    const rest = (isIn: readonly boolean[]) =>
      diagram.replace(formula, (variable) => {
        const place = variables.indexOf(variable);
        return place < 0 ? diagram.variable(variable) : isIn[place] ? TRUE : FALSE;
      });
    const present = this.#values(states, key).map(({ value, isIn }) => ({ value, rest: rest(isIn) }));
    return key === ACCOUNT ? present : [{ value: undefined, rest: rest([]) }, ...present];
  }

  /**
   * Returns the formula that holds where the given one does for some (or all) truth values of the conditions of that
   * kind.
   */
  answered(formula: Formula, of: "open" | "unclear", some: boolean): Formula {
    const { diagram } = this.#unknowns;
    return diagram
      .support(formula)
      .filter((variable) => this.#unknowns.of(variable).of === of)
      .reduce((left, variable) => {
        const as = (value: Formula) =>
          diagram.replace(left, (each) => (each === variable ? value : diagram.variable(each)));
        return some ? diagram.or(as(TRUE), as(FALSE)) : diagram.and(as(TRUE), as(FALSE));
      }, formula);
  }

  /** Projects the formula on the ARN: the result holds where the formula does for some choice of everything else. */
  onArn(formula: Formula): Formula {
    return once(this.#onArn, formula, () => {
      const keyed = this.keysIn(formula).reduce((left, key) => this.some(left, key), formula);
      return this.answered(this.answered(keyed, "open", true), "unclear", true);
    });
  }

  #any(cases: readonly Case[]): Formula {
    return this.#unknowns.diagram.or(...cases.map(({ rest }) => rest));
  }

  #values(states: readonly State[], key: string): readonly Witness[] {
    const isAccount = key === ACCOUNT;
    const name = [isAccount, ...states.map(({ id }) => id)].join();
    return once(this.#witnesses, name, () => keyValues(states, isAccount, this.#unknowns.languages, this.#budget));
  }

  #isOf(variable: Variable, key: string): boolean {
    return (this.#unknowns.of(variable) as { readonly key?: string }).key === key;
  }

  #stateOf(variable: Variable): State {
    return (this.#unknowns.of(variable) as { readonly state: State }).state;
  }
}
