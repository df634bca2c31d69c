import type { Counted } from "./budget.ts";
import { Triples } from "./triples.ts";

/** A formula over variables, as a node of a decision diagram. Two formulas with the same values are the same number. */
export type Formula = number;
export const FALSE: Formula = 0;
export const TRUE: Formula = 1;

/** A variable's number; lower ones are decided first. */
export type Variable = number;

/**
 * Memory of a node, of a cached choice, and of a cached support and its variables, from above; bytes. The tables of
 * `Triples` double.
 */
const BYTES = { node: 40, choice: 50, support: 120, variable: 8 } as const;
/** Ordered after every variable; the leaves have it. */
const NO_VARIABLE: Variable = 2 ** 31 - 1;

/**
 * Reduced ordered binary decision diagrams (Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986).
 */
export class Diagram {
  readonly #budget: Counted;
  /** Nodes: the variable, the formula where it is false, the formula where it is true. */
  readonly #nodes = new Triples();
  /** Cache of `choose`: the arguments, and at the same index the result. */
  readonly #choices = new Triples();
  readonly #chosen: Formula[] = [];
  readonly #supports = new Map<Formula, readonly Variable[]>();
  #supportBytes = 0;

  constructor(budget: Counted) {
    this.#budget = budget;
    for (const each of [FALSE, TRUE]) this.#nodes.add(NO_VARIABLE, each, each);
  }

  /** Memory in use, estimated from above; bytes. */
  get bytes(): number {
    return BYTES.node * this.#nodes.size + BYTES.choice * this.#choices.size + this.#supportBytes;
  }

  variableOf = (formula: Formula): Variable => this.#nodes.oneOf(formula);
  lowOf = (formula: Formula): Formula => this.#nodes.twoOf(formula);
  highOf = (formula: Formula): Formula => this.#nodes.threeOf(formula);

  variable(variable: Variable): Formula {
    return this.#node(variable, FALSE, TRUE);
  }

  /** If `one`, then `two`, else `three`. */
  choose(one: Formula, two: Formula, three: Formula): Formula {
    if (one === TRUE || two === three) return two;
    if (one === FALSE) return three;
    if (two === TRUE && three === FALSE) return one;
    const known = this.#choices.numberOf(one, two, three);
    if (known !== undefined) return this.#chosen[known] as Formula;
    this.#budget.node();
    const top = Math.min(this.variableOf(one), this.variableOf(two), this.variableOf(three));
    const made = this.#node(
      top,
      this.choose(this.#cofactor(one, top, false), this.#cofactor(two, top, false), this.#cofactor(three, top, false)),
      this.choose(this.#cofactor(one, top, true), this.#cofactor(two, top, true), this.#cofactor(three, top, true)),
    );
    this.#choices.add(one, two, three);
    this.#chosen.push(made);
    return made;
  }

  not(one: Formula): Formula {
    return this.choose(one, FALSE, TRUE);
  }

  and(...all: readonly Formula[]): Formula {
    let made = TRUE;
    for (const one of all) made = this.choose(Math.min(one, made), Math.max(one, made), FALSE);
    return made;
  }

  or(...all: readonly Formula[]): Formula {
    let made = FALSE;
    for (const one of all) made = this.choose(Math.min(one, made), TRUE, Math.max(one, made));
    return made;
  }

  /**
   * Replaces the variables of the formula by other formulas.
   * @param made cache of results of the same replacement.
   */
  replace(formula: Formula, by: (variable: Variable) => Formula, made = new Map<Formula, Formula>()): Formula {
    if (formula <= TRUE) return formula;
    const known = made.get(formula);
    if (known !== undefined) return known;
    this.#budget.node();
    const value = by(this.variableOf(formula));
    const replaced = this.choose(
      value,
      // A constant value skips the branch not taken.
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

  /** Returns the variables that the formula depends on. */
  support(formula: Formula): readonly Variable[] {
    if (formula <= TRUE) return NONE;
    const known = this.#supports.get(formula);
    if (known) return known;
    const found = new Set<Variable>();
    const seen = new Set([formula]);
    for (const each of seen) {
      this.#budget.node();
      found.add(this.variableOf(each));
      for (const next of [this.lowOf(each), this.highOf(each)]) if (next > TRUE) seen.add(next);
    }
    const support = [...found];
    this.#supports.set(formula, support);
    this.#supportBytes += BYTES.support + BYTES.variable * support.length;
    return support;
  }

  #cofactor(formula: Formula, variable: Variable, value: boolean): Formula {
    if (this.variableOf(formula) !== variable) return formula;
    return value ? this.highOf(formula) : this.lowOf(formula);
  }

  #node(variable: Variable, low: Formula, high: Formula): Formula {
    if (low === high) return low;
    const known = this.#nodes.numberOf(variable, low, high);
    if (known !== undefined) return known;
    this.#budget.node();
    return this.#nodes.add(variable, low, high);
  }
}

const NONE: readonly Variable[] = [];
