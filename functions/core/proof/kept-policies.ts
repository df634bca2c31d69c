import { isAboutAnyAction } from "./cedar-policy.ts";
import { type Reads, readsOf } from "./cedar-reads.ts";
import type { Formula } from "./diagram.ts";
import { once } from "./once.ts";
import type { StatedPolicy } from "./question.ts";

/** Formulas of one policy that are kept over proofs. */
export interface KeptPolicy {
  readonly reads: Reads;
  /** True where its head names no action. */
  readonly isOfAnyAction: boolean;
  /** Formula of a policy, by all that the formula depends on. */
  formulaOf(name: string): Formula | undefined;
  keep(name: string, formula: Formula): void;
}

/** Policies that were evaluated: a bundle's are the same objects for every proof. */
export class KeptPolicies {
  readonly #known = new WeakMap<StatedPolicy, KeptPolicy>();
  /** Facts that policies read, once for all policies that read the same. */
  readonly #reads = new Map<string, Reads>();
  #size = 0;

  /** Number of formulas that were kept. */
  get size(): number {
    return this.#size;
  }

  of(policy: StatedPolicy): KeptPolicy {
    return once(this.#known, policy, () => this.#read(policy));
  }

  #read(policy: StatedPolicy): KeptPolicy {
    const formulas = new Map<string, Formula>();
    const own = readsOf(policy);
    const reads = once(this.#reads, JSON.stringify(own), () => own);
    return {
      reads,
      isOfAnyAction: isAboutAnyAction(policy),
      formulaOf: (name) => formulas.get(name),
      keep: (name, formula) => {
        this.#size += 1;
        formulas.set(name, formula);
      },
    };
  }
}
