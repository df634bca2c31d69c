import { isAboutAnyAction } from "./cedar-policy.ts";
import { type Reads, readsOf } from "./cedar-reads.ts";
import type { Formula } from "./diagram.ts";
import { once } from "./once.ts";
import type { StatedPolicy } from "./question.ts";

/** Memory of an entry, and of a character of a name, from above; bytes. */
const BYTES = { entry: 100, character: 2 } as const;

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
  /** Names of formulas, of which the policies of a question share most. */
  readonly #names = new Set<string>();
  #size = 0;
  #bytes = 0;

  /** Number of cached formulas. */
  get size(): number {
    return this.#size;
  }

  /** Memory in use, estimated from above; bytes. */
  get bytes(): number {
    return this.#bytes;
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
        if (!this.#names.has(name)) this.#bytes += BYTES.entry + BYTES.character * name.length;
        this.#names.add(name);
        this.#size += 1;
        this.#bytes += BYTES.entry;
        formulas.set(name, formula);
      },
    };
  }
}
