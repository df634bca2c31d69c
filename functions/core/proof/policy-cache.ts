import { isAboutAnyAction } from "./cedar-policy.ts";
import { type Reads, readsOf } from "./cedar-reads.ts";
import type { Formula } from "./diagram.ts";
import { once } from "./once.ts";
import type { StatedPolicy } from "./question.ts";

/** Formulas of one policy, cached across proofs. */
export interface CachedPolicy {
  readonly reads: Reads;
  /** True where the policy's head names no action. */
  readonly isOfAnyAction: boolean;
  /** Returns the cached formula. The name covers everything that the formula depends on besides the policy. */
  formulaOf(name: string): Formula | undefined;
  store(name: string, formula: Formula): void;
}

/**
 * Caches the formulas of policies. The cache is keyed by the identity of the policy's object, which a bundle shares
 * across proofs.
 */
export class PolicyCache {
  readonly #known = new WeakMap<StatedPolicy, CachedPolicy>();
  /** One object for all policies that read the same facts. */
  readonly #reads = new Map<string, Reads>();
  #size = 0;

  /** Number of cached formulas. */
  get size(): number {
    return this.#size;
  }

  of(policy: StatedPolicy): CachedPolicy {
    return once(this.#known, policy, () => this.#read(policy));
  }

  #read(policy: StatedPolicy): CachedPolicy {
    const formulas = new Map<string, Formula>();
    const own = readsOf(policy);
    const reads = once(this.#reads, JSON.stringify(own), () => own);
    return {
      reads,
      isOfAnyAction: isAboutAnyAction(policy),
      formulaOf: (name) => formulas.get(name),
      store: (name, formula) => {
        this.#size += 1;
        formulas.set(name, formula);
      },
    };
  }
}
