import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Budget } from "./budget.ts";
import { Cases } from "./cases.ts";
import { Languages } from "./language.ts";
import { MatcherCache } from "./matcher-cache.ts";
import { Meter } from "./meter.ts";
import { PolicyCache } from "./policy-cache.ts";
import { Search } from "./search.ts";
import { Unknowns } from "./unknowns.ts";
import type { UnnamedCalls } from "./unnamed-calls.ts";

/**
 * Upper bound on the cache: states, nodes, cases and formulas together. A larger cache is dropped as a whole before the
 * next proof.
 */
const MOST = 100_000;

/**
 * Parts that all proofs share: the formulas of policies, the automata of patterns, and the formulas that no ARN meets.
 */
export interface Parts {
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
  readonly #most: number;
  #parts = partsWith(this.#meter);

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Returns the parts for a proof. The proof's own budget pays for what the proof adds to them. */
  begin(budget: Budget): Parts {
    this.#meter.budget = budget;
    const { unknowns, cases, search, policies } = this.#parts;
    const size = unknowns.languages.size + unknowns.diagram.size + cases.size + search.size + policies.size;
    if (size > this.#most) this.#parts = partsWith(this.#meter);
    return this.#parts;
  }
}

function partsWith(meter: Meter): Parts {
  const unknowns = new Unknowns(new Languages(), meter);
  const cases = new Cases(unknowns, meter);
  const caches = { policies: new PolicyCache(), matchers: new MatcherCache(), unnamed: new WeakMap() };
  return { unknowns, cases, search: new Search(unknowns, meter), ...caches };
}
