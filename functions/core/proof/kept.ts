import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Budget } from "./budget.ts";
import { Cases } from "./cases.ts";
import { KeptMatchers } from "./kept-matchers.ts";
import { KeptPolicies } from "./kept-policies.ts";
import { Languages } from "./language.ts";
import { Meter } from "./meter.ts";
import { Search } from "./search.ts";
import { Unknowns } from "./unknowns.ts";
import type { UnnamedCalls } from "./unnamed-calls.ts";

/** Upper bound on what is kept: states, nodes, cases and formulas together. What goes beyond is forgotten as a whole, and made anew. */
const MOST = 100_000;

/** Parts of proofs that are the same in every proof: the formulas of the policies, the automata of patterns, and of which formulas it is known that no ARN meets them. */
export interface Parts {
  readonly unknowns: Unknowns;
  readonly cases: Cases;
  readonly search: Search;
  readonly policies: KeptPolicies;
  readonly matchers: KeptMatchers;
  /** Calls of the catalogue's actions that name no resource. */
  readonly unnamed: WeakMap<CatalogueAction, readonly UnnamedCalls[]>;
}

/** Keeps parts of proofs for later ones. Nothing of one question is kept: neither its text nor its answer. */
export class Kept {
  readonly #meter = new Meter();
  readonly #most: number;
  #parts = partsWith(this.#meter);

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Gives the parts to a proof, which pays by its own budget for what it adds to them. */
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
  const kept = { policies: new KeptPolicies(), matchers: new KeptMatchers(), unnamed: new WeakMap() };
  return { unknowns, cases, search: new Search(unknowns, meter), ...kept };
}
