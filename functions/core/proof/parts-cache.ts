import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { Budget, type Counted, NO_CLOCK } from "./budget.ts";
import { Cases } from "./cases.ts";
import { actionMatcher } from "./iam-pattern.ts";
import { Languages } from "./language.ts";
import { once } from "./once.ts";
import { PolicyCache } from "./policy-cache.ts";
import { Search } from "./search.ts";
import { Unknowns } from "./unknowns.ts";
import type { UnnamedCalls } from "./unnamed-calls.ts";

/** Counts the work of the current proof, on its budget. */
export class Meter {
  budget = new Budget(NO_CLOCK);

  state(): void {
    this.budget.state();
  }

  node(): void {
    this.budget.node();
  }

  characters(count: number): void {
    this.budget.characters(count);
  }
}

/**
 * Upper bound on the cache's memory; bytes, estimated from above. A larger cache is dropped as a whole before the next
 * proof.
 */
export const MOST_BYTES = 24_000_000;

/**
 * Parts that all proofs share: the formulas of policies, the automata of patterns, and the formulas that no ARN meets.
 */
export interface Parts {
  /** Pays for what is added to the parts. */
  readonly budget: Counted;
  readonly unknowns: Unknowns;
  readonly cases: Cases;
  readonly search: Search;
  readonly policies: PolicyCache;
  readonly matchers: MatcherCache;
  /** Calls of the catalogue's actions that name no resource, by action. */
  readonly unnamed: WeakMap<CatalogueAction, readonly UnnamedCalls[]>;
}

/**
 * Caches parts of proofs for later proofs. The cache holds nothing of one question alone: neither its text nor its
 * answer.
 */
export class PartsCache {
  readonly #meter = new Meter();
  readonly #mostBytes: number;
  #parts = partsWith(this.#meter);

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** Memory in use, estimated from above; bytes. */
  get bytes(): number {
    const { unknowns, cases, search, policies } = this.#parts;
    return unknowns.bytes + cases.bytes + search.bytes + policies.bytes;
  }

  /** Returns the parts for a proof. The proof's own budget pays for what the proof adds to them. */
  begin(budget: Budget): Parts {
    if (this.bytes > this.#mostBytes) this.drop();
    this.#meter.budget = budget;
    return this.#parts;
  }

  /** Drops all parts: the next proof makes its own. */
  drop(): void {
    // The budget of the proof so far may be exhausted.
    this.#meter.budget = new Budget(NO_CLOCK);
    this.#parts = partsWith(this.#meter);
  }
}

function partsWith(budget: Meter): Parts {
  const unknowns = new Unknowns(new Languages(budget), budget);
  const cases = new Cases(unknowns, budget);
  const caches = { policies: new PolicyCache(), matchers: new MatcherCache(), unnamed: new WeakMap() };
  return { budget, unknowns, cases, search: new Search(unknowns, budget), ...caches };
}

/** Caches the matcher of each list of action patterns, and its results. The cache is keyed by the list's identity. */
export class MatcherCache {
  readonly #known = new WeakMap<readonly string[], (action: string) => boolean>();

  of(patterns: readonly string[]): (action: string) => boolean {
    return once(this.#known, patterns, () => remembering(actionMatcher(patterns)));
  }
}

/** Caches the results of a matcher. The catalogue bounds the number of actions, so the cache needs no bound. */
function remembering(matches: (action: string) => boolean): (action: string) => boolean {
  const known = new Map<string, boolean>();
  return (action) => once(known, action, () => matches(action));
}
