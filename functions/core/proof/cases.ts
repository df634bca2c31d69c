import type { Counted } from "./budget.ts";
import { FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import { keyValues, likelyValues, type Witness } from "./key-values.ts";
import type { State } from "./language.ts";
import { once } from "./once.ts";
import { covers } from "./patterns.ts";
import { ACCOUNT, type Unknowns } from "./unknowns.ts";

/** Memory of a cached result, of a character and of a flag in it, from above; bytes. */
const BYTES = { entry: 100, character: 2, flag: 8 } as const;

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
  #bytes = 0;

  constructor(unknowns: Unknowns, budget: Counted) {
    this.#unknowns = unknowns;
    this.#budget = budget;
  }

  /** Memory in use, estimated from above; bytes. */
  get bytes(): number {
    return this.#bytes + BYTES.entry * this.#onArn.size;
  }

  /** Returns the keys that the formula depends on. */
  keysIn(formula: Formula): readonly string[] {
    const keys = this.#unknowns.diagram.support(formula).map((variable) => this.#unknowns.of(variable));
    return [...new Set(keys.flatMap((unknown) => (unknown.of === "key" ? [unknown.key] : [])))];
  }

  /** Returns the formula that holds where the given one does for some value of the key, or without the key. */
  some(formula: Formula, key: string): Formula {
    return this.#tried(formula, key, key !== ACCOUNT) ?? this.#any(this.each(formula, key));
  }

  /** Returns the formula that holds where the given one does for some value of the key. */
  someThere(formula: Formula, key: string): Formula {
    return (
      this.#tried(formula, key, false) ?? this.#any(this.each(formula, key).filter(({ value }) => value !== undefined))
    );
  }

  /**
   * Tries a few values of the key, in time linear in the patterns. Returns the formula that holds for one of them, where
   * no other values can add to it; undefined where they might.
   */
  #tried(formula: Formula, key: string, mayBeMissing: boolean): Formula | undefined {
    if (key === ACCOUNT) return undefined;
    const { diagram } = this.#unknowns;
    const variables = diagram.support(formula).filter((variable) => this.#isOf(variable, key));
    const states = variables.map((variable) => this.#stateOf(variable));
    const most = variables.reduce((left, variable) => this.#either(left, variable), formula);
    let found = mayBeMissing ? this.#valued(formula, variables, []) : FALSE;
    for (const value of likelyValues(states)) {
      if (found === most) return most;
      const isIn = states.map(({ suffixes }) => suffixes.some((suffix) => covers(suffix, value, this.#budget)));
      found = diagram.or(found, this.#valued(formula, variables, isIn));
    }
    return found === most ? most : undefined;
  }

  /** Returns the formula that holds where the given one does for some truth value of the variable. */
  #either(formula: Formula, variable: Variable): Formula {
    const { diagram } = this.#unknowns;
    const as = (value: Formula) =>
      diagram.replace(formula, (each) => (each === variable ? value : diagram.variable(each)));
    return diagram.or(as(TRUE), as(FALSE));
  }

  /** Gives the variables their values; false where none is given. */
  #valued(formula: Formula, variables: readonly Variable[], isIn: readonly boolean[]): Formula {
    const { diagram } = this.#unknowns;
    return diagram.replace(formula, (variable) => {
      const place = variables.indexOf(variable);
      return place < 0 ? diagram.variable(variable) : isIn[place] ? TRUE : FALSE;
    });
  }

  /** Restricts the formula to each case of the key. */
  each(formula: Formula, key: string): readonly Case[] {
    const variables = this.#unknowns.diagram.support(formula).filter((variable) => this.#isOf(variable, key));
    const states = variables.map((variable) => this.#stateOf(variable));
    const rest = (isIn: readonly boolean[]) => this.#valued(formula, variables, isIn);
    const present = this.#values(states, key).map(({ value, isIn }) => ({ value, rest: rest(isIn) }));
    return key === ACCOUNT ? present : [{ value: undefined, rest: rest([]) }, ...present];
  }

  /**
   * Returns the formula that holds where the given one does for some (or all) truth values of the conditions of that
   * kind.
   */
  answered(formula: Formula, of: "open" | "unclear", some: boolean): Formula {
    const { diagram } = this.#unknowns;
    const variables = diagram.support(formula).filter((variable) => this.#unknowns.of(variable).of === of);
    return some
      ? variables.reduce((left, variable) => this.#either(left, variable), formula)
      : diagram.not(this.answered(diagram.not(formula), of, true));
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
    return once(this.#witnesses, name, () => {
      const values = keyValues(states, isAccount, this.#unknowns.languages, this.#budget);
      this.#bytes += BYTES.entry + name.length;
      for (const { value, isIn } of values)
        this.#bytes += BYTES.entry + BYTES.character * value.length + BYTES.flag * isIn.length;
      return values;
    });
  }

  #isOf(variable: Variable, key: string): boolean {
    return (this.#unknowns.of(variable) as { readonly key?: string }).key === key;
  }

  #stateOf(variable: Variable): State {
    return (this.#unknowns.of(variable) as { readonly state: State }).state;
  }
}
