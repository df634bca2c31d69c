import type { Counted } from "./budget.ts";
import { Containment } from "./containment.ts";
import { FALSE, type Formula, type Variable } from "./diagram.ts";
import { charactersFor } from "./key-values.ts";
import type { Character, State } from "./language.ts";
import { once } from "./once.ts";
import type { Unknowns } from "./unknowns.ts";

/** Memory of a cached formula, and of a map of them, from above; bytes. */
const BYTES = { entry: 60, map: 300 } as const;

/**
 * Searches for a string that meets a formula about sets of strings. The search takes derivatives of the formula,
 * character by character (Brzozowski, "Derivatives of Regular Expressions", 1964).
 */
export class Search {
  readonly #unknowns: Unknowns;
  readonly #budget: Counted;
  /**
   * Formulas that no string meets. Formulas with a solution are never cached: a formula with fewer Denies proves
   * nothing about one with more.
   */
  readonly #empty = new Set<Formula>([FALSE]);
  readonly #derivatives = new Map<Character, Map<Formula, Formula>>();
  readonly #containment: Containment;

  constructor(unknowns: Unknowns, budget: Counted) {
    this.#unknowns = unknowns;
    this.#budget = budget;
    this.#containment = new Containment(unknowns, budget);
  }

  /** Memory in use, estimated from above; bytes. */
  get bytes(): number {
    const derivatives = [...this.#derivatives.values()].reduce(
      (sum, { size }) => sum + BYTES.map + BYTES.entry * size,
      0,
    );
    return BYTES.entry * this.#empty.size + derivatives;
  }

  /**
   * Returns a shortest string that meets the formula; undefined where none does. The formula must be about the ARN
   * alone.
   */
  find(formula: Formula): string | undefined {
    if (this.#empty.has(formula)) return undefined;
    if (this.#containment.isEmpty(formula)) {
      this.#empty.add(formula);
      return undefined;
    }
    const seen = new Set<Formula>();
    let front: readonly { readonly at: Formula; readonly text: string }[] = [{ at: formula, text: "" }];
    while (front.length > 0) {
      const next: { readonly at: Formula; readonly text: string }[] = [];
      for (const { at, text } of front) {
        if (seen.has(at) || this.#empty.has(at)) continue;
        seen.add(at);
        this.#budget.state();
        if (this.#ends(at)) return text;
        for (const character of charactersFor(this.#statesOf(at)))
          next.push({ at: this.#derivative(at, character), text: text + character });
      }
      front = next;
    }
    for (const each of seen) this.#empty.add(each);
    return undefined;
  }

  /** True where the string may end here. */
  #ends(formula: Formula): boolean {
    return this.#unknowns.diagram.holds(formula, (variable) => this.#stateOf(variable).accepts);
  }

  #derivative(formula: Formula, character: Character): Formula {
    const made = once(this.#derivatives, character, () => new Map<Formula, Formula>());
    const after = (variable: Variable) =>
      this.#unknowns.arn(this.#unknowns.languages.after(this.#stateOf(variable), character));
    return this.#unknowns.diagram.replace(formula, after, made);
  }

  #statesOf(formula: Formula): readonly State[] {
    return this.#unknowns.diagram.support(formula).map((variable) => this.#stateOf(variable));
  }

  #stateOf(variable: Variable): State {
    const unknown = this.#unknowns.of(variable);
    if (unknown.of !== "arn") throw new RangeError("what is searched for is an ARN alone");
    return unknown.state;
  }
}
