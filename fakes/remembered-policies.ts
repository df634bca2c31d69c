import { CedarPolicies } from "../functions/adapters/cedar/cedar-policies.ts";
import type { Evaluation, Query } from "../functions/core/policy/query.ts";

/** Upper bound on what is remembered; what goes beyond is forgotten as a whole. */
const MOST = 2_000;

/** Cedar's own answers, each question asked of Cedar once: thousands of worlds ask the same, and Cedar is a function of its question. */
export class RememberedPolicies extends CedarPolicies {
  readonly #decided = new Map<string, Evaluation>();

  override evaluate(query: Query): Evaluation {
    const question = JSON.stringify(query);
    const known = this.#decided.get(question);
    if (known) return known;
    const evaluation = super.evaluate(query);
    if (this.#decided.size >= MOST) this.#decided.clear();
    this.#decided.set(question, evaluation);
    return evaluation;
  }
}
