import { CachingProofs, type Proofs, type VendProofs } from "../../../functions/core/proof/proofs.ts";
import type { Answer, Question } from "../../../functions/core/proof/question.ts";

/** Most remembered answers for one set of policies. At the limit all are forgotten. */
const MOST = 2_000;

/**
 * Real proofs, remembered by question: thousands of worlds have the same questions, and a proof depends only on its
 * question.
 */
export class RememberedProofs implements Proofs {
  readonly #proofs = new CachingProofs(() => 0);
  readonly #answers = new WeakMap<Question["policies"], Given>();

  ofVend(): VendProofs {
    const proofs = this.#proofs.ofVend();
    return { answer: (question) => this.#answer(question, proofs) };
  }

  #answer(question: Question, proofs: VendProofs): Answer {
    const { policies, catalogue, never, held, ...others } = question;
    const known = this.#answers.get(policies);
    const isSame = known?.catalogue === catalogue && known.never === never && known.answers.size < MOST;
    const { answers } = isSame ? known : { answers: new Map<string, Answer>() };
    this.#answers.set(policies, { catalogue, never, answers });
    const key = JSON.stringify([others, held?.key, held?.mark]);
    const answer = answers.get(key) ?? proofs.answer(question);
    answers.set(key, answer);
    return answer;
  }
}

interface Given extends Pick<Question, "catalogue" | "never"> {
  readonly answers: Map<string, Answer>;
}
