import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import type { Evaluation, Query } from "../../../functions/core/policy/query.ts";

/** Most remembered answers. At the limit all are forgotten. */
const MOST = 2_000;

/**
 * Cedar's own answers, remembered by question: thousands of worlds have the same questions, and an answer depends only
 * on its question.
 */
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
