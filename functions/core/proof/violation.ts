import type { Budget } from "./budget.ts";
import type { Cases } from "./cases.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { ANY, ANY_IN_PART, COLON, ONE, ONE_IN_PART, type Token } from "./language.ts";
import { Search } from "./search.ts";
import type { Unknowns } from "./unknowns.ts";

/** Calls that are looked for: on these ARNs, where `where` holds and none of `unless`. */
export interface Wanted {
  /** The pattern of the ARNs, whole; nothing where the resource is no ARN. */
  readonly pattern: readonly Token[] | undefined;
  readonly where: Formula;
  readonly unless: readonly Formula[];
}

/** An ARN of such a call, and what has to hold of the rest of it. */
export interface Found {
  readonly arn: readonly Token[];
  readonly rest: Formula;
  /** False where the call depends on what nobody here can tell of a policy. */
  readonly isCertain: boolean;
}

/** Looks for calls. What is left out of `unless` only adds calls: where few of it leave none, all of it leaves none. */
export class Violation {
  readonly #unknowns: Unknowns;
  readonly #cases: Cases;
  readonly #search: Search;
  readonly #after = new Map<string, Map<Formula, Formula>>();

  constructor(unknowns: Unknowns, cases: Cases, budget: Budget) {
    this.#unknowns = unknowns;
    this.#cases = cases;
    this.#search = new Search(unknowns, budget);
  }

  /** A call, or nothing: then there is none. */
  find({ pattern = [ANY], where, unless }: Wanted): Found | undefined {
    const { diagram } = this.#unknowns;
    const gap = pattern.findIndex((token) => token < 0);
    const head = gap < 0 ? pattern : pattern.slice(0, gap);
    const behind = this.#behind(head, gap < 0);
    const within = gap < 0 ? TRUE : this.#unknowns.arn(this.#unknowns.languages.of(pattern.slice(gap)));
    const start = diagram.and(within, behind(diagram.and(where, this.#wellFormed(head))));
    const none = [...new Set(unless.map(behind))].filter((each) => each !== FALSE);
    if (start === FALSE || none.includes(TRUE)) return undefined;
    const alike = (each: Formula) =>
      [...diagram.support(each)].filter((variable) => diagram.support(start).has(variable)).length;
    const ordered = none.map((each) => ({ each, alike: alike(each) })).sort((a, b) => b.alike - a.alike);
    let left = start;
    let stage = Math.max(1, ordered.filter((each) => each.alike > 0).length);
    for (let used = 0; ; stage *= 2) {
      for (; used < Math.min(stage, ordered.length); used += 1) {
        left = diagram.and(left, diagram.not((ordered[used] as (typeof ordered)[number]).each));
        if (left === FALSE) return undefined;
      }
      const text = this.#search.find(this.#cases.onArn(left));
      if (text === undefined) return undefined;
      if (used === ordered.length) return this.#found(head, left, text);
    }
  }

  /** A call that is one whatever the unclear parts of policies come to, if there is one. */
  #found(head: readonly Token[], left: Formula, text: readonly Token[]): Found {
    const certain = this.#cases.answered(left, "unclear", false);
    const found = certain === left ? text : this.#search.find(this.#cases.onArn(certain));
    const [rest, end] = found === undefined ? [left, text] : [certain, found];
    return { arn: [...head, ...end], rest: this.#at(rest, end), isCertain: found !== undefined };
  }

  /** Restricts the formula to one ARN. */
  #at(formula: Formula, text: readonly Token[]): Formula {
    const { diagram, languages } = this.#unknowns;
    return diagram.replace(formula, (variable) => {
      const unknown = this.#unknowns.of(variable);
      if (unknown.of !== "arn") return diagram.variable(variable);
      return languages.has(unknown.state, text) ? TRUE : FALSE;
    });
  }

  /** Restricts formulas to the ARNs behind a common head. With `isWhole` the head is the whole ARN, and nothing is left open. */
  #behind(head: readonly Token[], isWhole: boolean): (formula: Formula) => Formula {
    const { diagram, languages } = this.#unknowns;
    const key = `${isWhole} ${head.join(" ")}`;
    const made = this.#after.get(key) ?? new Map<Formula, Formula>();
    this.#after.set(key, made);
    return (formula) =>
      diagram.replace(
        formula,
        (variable) => {
          const unknown = this.#unknowns.of(variable);
          if (unknown.of !== "arn") return diagram.variable(variable);
          const state = languages.afterAll(unknown.state, head);
          if (isWhole) return state.accepts ? TRUE : FALSE;
          return this.#unknowns.arn(state);
        },
        made,
      );
  }

  /** A resource that is named by its ARN has one with six parts; the head of most patterns says so already. */
  #wellFormed(head: readonly Token[]): Formula {
    if (head.filter((token) => token === COLON).length >= 5) return TRUE;
    const { diagram, languages } = this.#unknowns;
    const any = [ONE_IN_PART, ANY_IN_PART];
    const arn = (account: readonly Token[]) =>
      this.#unknowns.arn(
        languages.of([...any, COLON, ...any, COLON, ...any, COLON, ANY_IN_PART, COLON, ...account, COLON, ONE, ANY]),
      );
    return diagram.or(arn([]), arn(Array.from({ length: 12 }, () => ONE_IN_PART)));
  }
}
