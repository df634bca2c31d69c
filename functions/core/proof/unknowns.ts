import type { Counted } from "./budget.ts";
import { Diagram, FALSE, type Formula, TRUE, type Variable } from "./diagram.ts";
import type { Languages, Pattern, State } from "./language.ts";
import { once } from "./once.ts";

/**
 * An unknown before the call, as a variable of the formulas. The kinds: the ARN is in a set; a key has a value, or one
 * in a set (`tag:team`, `account`, `iam:s3:prefix`); a condition that this proof cannot evaluate, of the text (`open`)
 * or of a policy (`unclear`).
 */
export type Unknown =
  | { readonly of: "arn"; readonly state: State }
  | { readonly of: "key"; readonly key: string; readonly state: State }
  | { readonly of: "open" | "unclear"; readonly name: string };

/** Memory of an unknown, an entry and a character of a name, from above; bytes. */
const BYTES = { unknown: 250, entry: 100, character: 4 } as const;

/** The account of a resource whose ARN names none. */
export const ACCOUNT = "account";

/** Gives each unknown one variable of the formulas. */
export class Unknowns {
  readonly languages: Languages;
  readonly diagram: Diagram;
  readonly #known: Unknown[] = [];
  /** Formulas of all other unknowns, by name. */
  readonly #formulas = new Map<string, Formula>();
  /** Formulas of the resource's account, by the pattern that it matches. */
  readonly #accounts = new Map<Pattern, Formula>();
  /** Formulas of sets of ARNs, by the number of the set. */
  readonly #arns = new Map<number, Formula>();

  #bytes = 0;

  constructor(languages: Languages, budget: Counted) {
    this.languages = languages;
    this.diagram = new Diagram(budget);
  }

  /** Memory in use, estimated from above, that of languages and of the diagram included; bytes. */
  get bytes(): number {
    return this.#bytes + this.languages.bytes + this.diagram.bytes;
  }

  of = (variable: Variable): Unknown => this.#known[variable] as Unknown;

  /** Returns the formula that the ARN, or the rest of it, is in the set. */
  arn(state: State): Formula {
    if (state.isDead) return FALSE;
    if (state.isSure) return TRUE;
    return once(this.#arns, state.id, () => this.#newVariable({ of: "arn", state }));
  }

  /** Returns the formula that the key is present and its value is in the set. */
  key(key: string, state: State): Formula {
    return this.#formula(`key ${state.id} ${key}`, { of: "key", key, state });
  }

  isThere(key: string): Formula {
    return this.key(key, this.languages.sure);
  }

  open(name: string): Formula {
    return this.#formula(`open ${name}`, { of: "open", name });
  }

  unclear(name: string): Formula {
    return this.#formula(`unclear ${name}`, { of: "unclear", name });
  }

  /** Returns the cached formula of an account's pattern. `make` builds it at the first call. */
  account(pattern: Pattern, make: () => Formula): Formula {
    return once(this.#accounts, pattern, () => {
      this.#bytes += BYTES.entry + BYTES.character * pattern.length;
      return make();
    });
  }

  #formula(name: string, unknown: Unknown): Formula {
    return once(this.#formulas, name, () => {
      this.#bytes += BYTES.character * name.length;
      return this.#newVariable(unknown);
    });
  }

  #newVariable(unknown: Unknown): Formula {
    this.#bytes += BYTES.unknown;
    return this.diagram.variable(this.#known.push(unknown) - 1);
  }
}
