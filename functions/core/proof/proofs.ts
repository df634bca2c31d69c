import { Budget } from "./budget.ts";
import { ordinaryQuestion } from "./ordinary-question.ts";
import { PolicyCache } from "./policy-cache.ts";
import { emptyCache, orUnknown, proveRead } from "./prove.ts";
import type { Answer, Question } from "./question.ts";
import { nameOf } from "./question-name.ts";
import { readQuestion } from "./read-question.ts";

/** Proves the session policies of vends. */
export interface Proofs {
  /** Begins the proofs of one vend. All its sessions share one budget, so splitting an intent adds no work. */
  ofVend(): VendProofs;
}

/** Proofs of one vend's session policies, for the agent and for its person. */
export interface VendProofs {
  answer(question: Question): Answer;
}

/** Upper bound on the cached names of proven questions. The full cache is dropped as a whole. */
const MOST_PROVEN = 2_000;

/** Number of proofs in `prepare`, and the budget of each. */
const PREPARING = { rounds: 5, work: 200_000, milliseconds: 1_000 } as const;

/**
 * Proves session policies, and caches the parts that all proofs share and the names of proven questions
 * (docs/decisions/0057-sooner-at-sts.md). A name covers the text and all that it is compared with. The fence's own
 * time, the task's path, and those facts of the requester that no policy reads are left out. Only `proven` is cached.
 */
export class CachingProofs implements Proofs {
  readonly #nowMs: () => number;
  readonly #most: number;
  readonly #cache = emptyCache();
  /** Policies, catalogue and `never` (what no task may do) for which the questions in `#proven` were proven. */
  #given: Pick<Question, "policies" | "catalogue" | "never"> | undefined;
  readonly #proven = new Set<string>();
  readonly #policies = new PolicyCache();

  /** @param nowMs milliseconds of CPU time, for the budget of each vend. */
  constructor(nowMs: () => number, mostProven = MOST_PROVEN) {
    this.#nowMs = nowMs;
    this.#most = mostProven;
  }

  /**
   * Proves sample sessions, so that the first real proof finds the policies' formulas cached and the code warm. The
   * answers are discarded. The budget of each is larger than that of a real proof.
   */
  prepare(given: Pick<Question, "policies" | "catalogue" | "never">): void {
    for (let round = 0; round < PREPARING.rounds; round += 1) {
      const budget = new Budget(this.#nowMs, PREPARING);
      const question = ordinaryQuestion(String(round), given);
      orUnknown(() => proveRead(readQuestion(question), budget, this.#cache));
    }
  }

  ofVend(): VendProofs {
    const budget = new Budget(this.#nowMs);
    return { answer: (question) => this.#answer(question, budget) };
  }

  /** Proves the only session policy of a vend. */
  answer(question: Question): Answer {
    return this.ofVend().answer(question);
  }

  #answer(question: Question, budget: Budget): Answer {
    const { policies, catalogue, never } = question;
    const isSame =
      policies === this.#given?.policies && catalogue === this.#given.catalogue && never === this.#given.never;
    if (!isSame || this.#proven.size >= this.#most) this.#proven.clear();
    this.#given = { policies, catalogue, never };
    return orUnknown(() => {
      const read = readQuestion(question);
      const name = nameOf(read, (policy) => this.#policies.of(policy).reads);
      if (this.#proven.has(name)) return { verdict: "proven" };
      const answer = proveRead(read, budget, this.#cache);
      if (answer.verdict === "proven") this.#proven.add(name);
      return answer;
    });
  }
}
