import { Budget } from "./budget.ts";
import { KeptPolicies } from "./kept-policies.ts";
import { ordinaryQuestion } from "./ordinary-question.ts";
import { nothingKept, orUnknown, proveRead } from "./prove.ts";
import type { Answer, Question } from "./question.ts";
import { nameOf } from "./question-name.ts";
import { readQuestion } from "./read-question.ts";

/** Proves session policies, one after the other. */
export interface Proofs {
  answer(question: Question): Answer;
}

/** Upper bound on the proven questions that are kept; they are forgotten as a whole. */
const MOST_PROVEN = 2_000;

/** Proofs that are made beforehand, and the budget of each. */
const PREPARING = { rounds: 5, states: 20_000, nodes: 50_000, milliseconds: 1_000 } as const;

/**
 * Proofs that keep what is the same in all of them, and which questions were proven already, by the text and all that it was held to, without the fence's own time,
 * without the task's path, and without what no policy reads of the requester (docs/decisions/0057-sooner-at-sts.md). Only what is proven is kept.
 */
export class KeptProofs implements Proofs {
  readonly #nowMs: () => number;
  readonly #most: number;
  readonly #kept = nothingKept();
  /** Policies, actions, and what no task may do, as they were when these were proven. */
  #given: Pick<Question, "policies" | "catalogue" | "never"> | undefined;
  readonly #proven = new Set<string>();
  readonly #policies = new KeptPolicies();

  /** @param nowMs milliseconds that this process has worked, for the budget of each proof. */
  constructor(nowMs: () => number, mostProven = MOST_PROVEN) {
    this.#nowMs = nowMs;
    this.#most = mostProven;
  }

  /**
   * Proves sessions that nobody asked for, so that the first one that somebody asks for finds what all proofs share: the policies' formulas, and code
   * that has run before. Their answers count for nothing, and they may take longer than a proof may.
   */
  prepare(given: Pick<Question, "policies" | "catalogue" | "never">): void {
    for (let round = 0; round < PREPARING.rounds; round += 1) {
      const budget = new Budget(this.#nowMs, PREPARING);
      const question = ordinaryQuestion(String(round), given);
      orUnknown(() => proveRead(readQuestion(question), budget, this.#kept));
    }
  }

  answer(question: Question): Answer {
    const { policies, catalogue, never } = question;
    const isSame =
      policies === this.#given?.policies && catalogue === this.#given.catalogue && never === this.#given.never;
    if (!isSame || this.#proven.size >= this.#most) this.#proven.clear();
    this.#given = { policies, catalogue, never };
    // To read the question is part of the proof's time.
    const budget = new Budget(this.#nowMs);
    return orUnknown(() => {
      const read = readQuestion(question);
      const name = nameOf(read, (policy) => this.#policies.of(policy).reads);
      if (this.#proven.has(name)) return { verdict: "proven" };
      const answer = proveRead(read, budget, this.#kept);
      if (answer.verdict === "proven") this.#proven.add(name);
      return answer;
    });
  }
}
