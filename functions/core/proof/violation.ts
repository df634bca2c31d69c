import { Behind, type Place } from "./behind.ts";
import type { Counted } from "./budget.ts";
import type { Cases } from "./cases.ts";
import { Containment } from "./containment.ts";
import { FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import { FormulaLists, type Formulas } from "./formulas.ts";
import { once } from "./once.ts";
import type { Parts } from "./parts-cache.ts";
import type { Search } from "./search.ts";
import type { Unknowns } from "./unknowns.ts";

/** A search for calls on the ARNs of a place. The formulas are about the rest of the ARN in the place. */
export interface Wanted {
  readonly behind: Behind;
  /** Formula that the call meets, also that the head and the rest are an ARN. */
  readonly where: Formula;
  /** Formulas that the call must not meet. */
  readonly unless: readonly Formulas[];
}

/** ARN of a call, and the formula that the other parts of the call must meet. */
export interface FoundCall {
  readonly isCertain: true;
  readonly arn: string;
  readonly rest: Formula;
}

/** Result of a search: a call, or `isCertain: false` where every call depends on an unclear part of a policy. */
export type Found = FoundCall | { readonly isCertain: false };

/**
 * Searches for calls. Leaving formulas out of `unless` only adds calls. All of `unless` excludes every call where a
 * part of it does.
 */
export class Violation {
  readonly #budget: Counted;
  readonly #unknowns: Unknowns;
  readonly #cases: Cases;
  readonly #search: Search;
  readonly #containment: Containment;
  readonly #behind = new Map<Place, Behind>();
  readonly lists: FormulaLists;

  constructor({ unknowns, cases, search, budget }: Pick<Parts, "unknowns" | "cases" | "search" | "budget">) {
    this.#budget = budget;
    this.#unknowns = unknowns;
    this.#cases = cases;
    this.#search = search;
    this.lists = new FormulaLists(unknowns.diagram);
    this.#containment = new Containment(unknowns, budget);
  }

  behind(place: Place): Behind {
    return once(this.#behind, place, () => new Behind(place, this.#unknowns, this.lists, this.#budget));
  }

  /** Returns a call; undefined proves that there is none. */
  find({ behind, where, unless }: Wanted): Found | undefined {
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (where === FALSE) return undefined;
    if (unless.some(({ isCertain }) => isCertain)) return undefined;
    const all = unless.flatMap((list) => [...list.all]);
    if (this.#containment.isEmpty(this.#cases.onArn(where), all)) return undefined;
    const near = sharing(unless, this.#unknowns.diagram.support(where));
    let left = this.#without(where, near);
    let text = this.#search.find(this.#cases.onArn(left));
    if (text === undefined) return undefined;
    const others = all.filter((each) => !near.includes(each));
    for (let used = 0, stage = Math.max(1, near.length); used < others.length; used += stage, stage *= 2) {
      left = this.#without(left, others.slice(used, used + stage));
      text = this.#search.find(this.#cases.onArn(left));
      if (text === undefined) return undefined;
    }
    return this.#found(behind, left, text);
  }

  #without(formula: Formula, others: readonly Formula[]): Formula {
    const { diagram } = this.#unknowns;
    let left = formula;
    for (const each of others) {
      if (left === FALSE) return FALSE;
      left = diagram.and(left, diagram.not(each));
    }
    return left;
  }

  /** Returns a call for every value of the unclear parts of policies, if there is one. */
  #found(behind: Behind, left: Formula, text: string): Found {
    const certain = this.#cases.answered(left, "unclear", false);
    const found = certain === left ? text : this.#search.find(this.#cases.onArn(certain));
    if (found === undefined) return { isCertain: false };
    return { isCertain: true, arn: behind.arnOf(found), rest: this.#at(certain, found) };
  }

  /** Restricts the formula to one ARN's rest. */
  #at(formula: Formula, text: string): Formula {
    const { diagram, languages } = this.#unknowns;
    return diagram.replace(formula, (variable) => {
      const unknown = this.#unknowns.of(variable);
      if (unknown.of !== "arn") return diagram.variable(variable);
      return languages.has(unknown.state, text) ? TRUE : FALSE;
    });
  }
}

/** Returns the formulas of the lists that depend on one of the variables. */
function sharing(lists: readonly Formulas[], variables: readonly Variable[]): readonly Formula[] {
  const shared = new Set<Formula>();
  for (const list of lists)
    for (const variable of variables) for (const each of list.by().get(variable) ?? []) shared.add(each);
  return [...shared];
}
