import { Behind, type Place } from "./behind.ts";
import type { Cases } from "./cases.ts";
import { FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import { FormulaLists, type Formulas } from "./formulas.ts";
import type { Parts } from "./kept.ts";
import { once } from "./once.ts";
import type { Search } from "./search.ts";
import type { Unknowns } from "./unknowns.ts";

/** Calls that are looked for: on the ARNs of a place, by formulas that are behind its head. */
export interface Wanted {
  readonly behind: Behind;
  /** All that has to hold, of the rest of the ARN that it is one, too. */
  readonly where: Formula;
  /** Lists of which nothing may hold. */
  readonly unless: readonly Formulas[];
}

/** ARN of such a call, and what has to hold of the rest of it. */
export interface FoundCall {
  readonly isCertain: true;
  readonly arn: string;
  readonly rest: Formula;
}

/** Call that was found, or that there is one only by what nobody here can tell of a policy. */
export type Found = FoundCall | { readonly isCertain: false };

/** Looks for calls. What is left out of `unless` only adds calls: where few of it leave none, all of it leaves none. */
export class Violation {
  readonly #unknowns: Unknowns;
  readonly #cases: Cases;
  readonly #search: Search;
  readonly #behind = new Map<Place, Behind>();
  readonly lists: FormulaLists;

  constructor({ unknowns, cases, search }: Pick<Parts, "unknowns" | "cases" | "search">) {
    this.#unknowns = unknowns;
    this.#cases = cases;
    this.#search = search;
    this.lists = new FormulaLists(unknowns.diagram);
  }

  behind(place: Place): Behind {
    return once(this.#behind, place, () => new Behind(place, this.#unknowns, this.lists));
  }

  /** A call, or nothing: then there is none. */
  find({ behind, where, unless }: Wanted): Found | undefined {
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (where === FALSE) return undefined;
    if (unless.some(({ isCertain }) => isCertain)) return undefined;
    const near = sharing(unless, this.#unknowns.diagram.support(where));
    let left = this.#without(where, near);
    let text = this.#search.find(this.#cases.onArn(left));
    if (text === undefined) return undefined;
    const others = unless.flatMap(({ all }) => [...all]).filter((each) => !near.includes(each));
    for (let used = 0, stage = Math.max(1, near.length); used < others.length; used += stage, stage *= 2) {
      left = this.#without(left, others.slice(used, used + stage));
      text = this.#search.find(this.#cases.onArn(left));
      if (text === undefined) return undefined;
    }
    return this.#found(behind.head, left, text);
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

  /** A call that is one whatever the unclear parts of policies come to, if there is one. */
  #found(head: string, left: Formula, text: string): Found {
    const certain = this.#cases.answered(left, "unclear", false);
    const found = certain === left ? text : this.#search.find(this.#cases.onArn(certain));
    if (found === undefined) return { isCertain: false };
    return { isCertain: true, arn: head + found, rest: this.#at(certain, found) };
  }

  /** Restricts the formula to one ARN. */
  #at(formula: Formula, text: string): Formula {
    const { diagram, languages } = this.#unknowns;
    return diagram.replace(formula, (variable) => {
      const unknown = this.#unknowns.of(variable);
      if (unknown.of !== "arn") return diagram.variable(variable);
      return languages.has(unknown.state, text) ? TRUE : FALSE;
    });
  }
}

/** The formulas that share variables with the asked ones. */
function sharing(lists: readonly Formulas[], variables: readonly Variable[]): readonly Formula[] {
  const shared = new Set<Formula>();
  for (const list of lists)
    for (const variable of variables) for (const each of list.by().get(variable) ?? []) shared.add(each);
  return [...shared];
}
