import type { Counted } from "./budget.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import type { Pattern, State } from "./language.ts";
import { covers } from "./patterns.ts";
import type { Unknowns } from "./unknowns.ts";

/** Number of nodes that are looked at, on all ways to meet a formula. The search decides on formulas with more. */
const MOST_NODES = 1_000;
/** Number of sets outside of which a string is looked for at first. */
const MOST_OUTSIDE = 100;

/**
 * Shows that no string meets a formula where each way to meet it takes a string in one set and outside others that
 * together cover the former. Patterns are compared as a whole, without the states of a search.
 */
export class Containment {
  readonly #unknowns: Unknowns;
  readonly #budget: Counted;

  constructor(unknowns: Unknowns, budget: Counted) {
    this.#unknowns = unknowns;
    this.#budget = budget;
  }

  /**
   * True where no string meets the formula and none of the others. False shows nothing. The formula must be about the
   * ARN alone. Of the others, only sets of strings count that suffice to meet one.
   */
  isEmpty(formula: Formula, others: Iterable<Formula> = []): boolean {
    const { diagram } = this.#unknowns;
    let nodes = 0;
    /** @param left for each set that the string is in: its patterns that no set outside covers so far. */
    const isEmpty = (at: Formula, left: readonly (readonly Pattern[])[], outside: readonly State[]): boolean => {
      if (left.some((patterns) => patterns.length === 0) || at === FALSE) return true;
      nodes += 1;
      if (at === TRUE || nodes > MOST_NODES) return false;
      this.#budget.node();
      const unknown = this.#unknowns.of(diagram.variableOf(at));
      if (unknown.of !== "arn") return false;
      const { state } = unknown;
      const inside = outside.reduce((patterns, each) => this.#beyond(patterns, each), state.suffixes);
      return (
        isEmpty(diagram.highOf(at), [...left, inside], outside) &&
        isEmpty(
          diagram.lowOf(at),
          left.map((patterns) => this.#beyond(patterns, state)),
          [...outside, state],
        )
      );
    };
    return isEmpty(formula, [], this.#sufficient(others));
  }

  /** Returns sets of strings each of which suffices to meet one of the formulas. */
  #sufficient(formulas: Iterable<Formula>): readonly State[] {
    const { diagram } = this.#unknowns;
    const found = new Set<State>();
    for (const formula of formulas)
      for (let at = formula; at > TRUE && diagram.highOf(at) === TRUE; at = diagram.lowOf(at)) {
        const unknown = this.#unknowns.of(diagram.variableOf(at));
        if (unknown.of === "arn") found.add(unknown.state);
        if (found.size >= MOST_OUTSIDE) return [...found];
      }
    return [...found];
  }

  /** Returns those of the patterns of which the set is not known to hold every string. */
  #beyond(patterns: readonly Pattern[], { suffixes }: State): readonly Pattern[] {
    return patterns.filter((each) => !suffixes.some((suffix) => covers(suffix, each, this.#budget)));
  }
}
