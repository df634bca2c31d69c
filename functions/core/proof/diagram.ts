import { type Counted, OverBudget } from "./budget.ts";

/** A formula over variables, as a node of a decision diagram: two formulas with the same values are the same number. */
export type Formula = number;
export const FALSE: Formula = 0;
export const TRUE: Formula = 1;

/** A variable's number; lower ones are decided first. */
export type Variable = number;

/** Number of nodes that the keys below have room for. */
const SHIFT = 2 ** 17;

/** Reduced ordered binary decision diagrams (Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986). */
export class Diagram {
  readonly #budget: Counted;
  readonly #variables: Variable[] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  readonly #low: Formula[] = [FALSE, TRUE];
  readonly #high: Formula[] = [FALSE, TRUE];
  readonly #nodes = new Map<number, Formula>();
  readonly #chosen = new Map<number, Formula>();
  readonly #supports = new Map<Formula, ReadonlySet<Variable>>();

  constructor(budget: Counted) {
    this.#budget = budget;
  }

  /** Number of nodes and of results that are kept: a measure of the memory in use. */
  get size(): number {
    return this.#variables.length + this.#chosen.size;
  }

  variableOf = (formula: Formula): Variable => this.#variables[formula] as Variable;
  lowOf = (formula: Formula): Formula => this.#low[formula] as Formula;
  highOf = (formula: Formula): Formula => this.#high[formula] as Formula;

  variable(variable: Variable): Formula {
    return this.#node(variable, FALSE, TRUE);
  }

  /** If `one`, then `two`, else `three`. */
  choose(one: Formula, two: Formula, three: Formula): Formula {
    if (one === TRUE || two === three) return two;
    if (one === FALSE) return three;
    if (two === TRUE && three === FALSE) return one;
    const key = (one * SHIFT + two) * SHIFT + three;
    const known = this.#chosen.get(key);
    if (known !== undefined) return known;
    const top = Math.min(this.variableOf(one), this.variableOf(two), this.variableOf(three));
    const made = this.#node(
      top,
      this.choose(this.#cofactor(one, top, false), this.#cofactor(two, top, false), this.#cofactor(three, top, false)),
      this.choose(this.#cofactor(one, top, true), this.#cofactor(two, top, true), this.#cofactor(three, top, true)),
    );
    this.#chosen.set(key, made);
    return made;
  }

  not(one: Formula): Formula {
    return this.choose(one, FALSE, TRUE);
  }

  and(...all: readonly Formula[]): Formula {
    return all.reduce((one, two) => (one <= two ? this.choose(one, two, FALSE) : this.choose(two, one, FALSE)), TRUE);
  }

  or(...all: readonly Formula[]): Formula {
    return all.reduce((one, two) => (one <= two ? this.choose(one, TRUE, two) : this.choose(two, TRUE, one)), FALSE);
  }

  /** The formula with other formulas in the place of its variables. @param made what was made already by the same replacement. */
  replace(formula: Formula, by: (variable: Variable) => Formula, made = new Map<Formula, Formula>()): Formula {
    if (formula <= TRUE) return formula;
    const known = made.get(formula);
    if (known !== undefined) return known;
    const value = by(this.variableOf(formula));
    const replaced = this.choose(
      value,
      // What a variable decides is not looked at.
      value === FALSE ? FALSE : this.replace(this.highOf(formula), by, made),
      value === TRUE ? FALSE : this.replace(this.lowOf(formula), by, made),
    );
    made.set(formula, replaced);
    return replaced;
  }

  /** True where the formula holds under these values. */
  holds(formula: Formula, isTrue: (variable: Variable) => boolean): boolean {
    let at = formula;
    while (at > TRUE) at = isTrue(this.variableOf(at)) ? this.highOf(at) : this.lowOf(at);
    return at === TRUE;
  }

  /** The variables that the formula depends on. */
  support(formula: Formula): ReadonlySet<Variable> {
    if (formula <= TRUE) return NONE;
    const known = this.#supports.get(formula);
    if (known) return known;
    const found = new Set<Variable>();
    const seen = new Set([formula]);
    for (const each of seen) {
      found.add(this.variableOf(each));
      for (const next of [this.lowOf(each), this.highOf(each)]) if (next > TRUE) seen.add(next);
    }
    this.#supports.set(formula, found);
    return found;
  }

  #cofactor(formula: Formula, variable: Variable, value: boolean): Formula {
    if (this.variableOf(formula) !== variable) return formula;
    return value ? this.highOf(formula) : this.lowOf(formula);
  }

  #node(variable: Variable, low: Formula, high: Formula): Formula {
    if (low === high) return low;
    const key = (variable * SHIFT + low) * SHIFT + high;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    this.#budget.node();
    if (this.#variables.length >= SHIFT) throw new OverBudget();
    const made = this.#variables.push(variable) - 1;
    this.#low.push(low);
    this.#high.push(high);
    this.#nodes.set(key, made);
    return made;
  }
}

const NONE: ReadonlySet<Variable> = new Set();
