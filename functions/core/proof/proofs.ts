import { createHash } from "node:crypto";
import { Budget } from "./budget.ts";
import { nothingKept, orUnknown, proveRead } from "./prove.ts";
import type { Answer, Question, StatedPolicy } from "./question.ts";
import { type ReadQuestion, readQuestion } from "./read-question.ts";

/** Proves session policies, one after the other. */
export interface Proofs {
  answer(question: Question): Answer;
}

/** Upper bounds on what is kept; what goes beyond is forgotten as a whole, and made anew. */
const MOST = { states: 50_000, values: 2_000, proven: 2_000 } as const;

/**
 * Proofs that keep automata, and which questions were proven already, by the text and all that it was held to, without the fence's own time and without
 * the task's path. Only what is proven is kept.
 */
export class KeptProofs implements Proofs {
  readonly #nowMs: () => number;
  readonly #most: Readonly<Record<keyof typeof MOST, number>>;
  #kept = nothingKept();
  #policies: readonly StatedPolicy[] | undefined;
  readonly #proven = new Set<string>();

  /** @param nowMs milliseconds that this process has worked, for the budget of each proof. */
  constructor(nowMs: () => number, most: Readonly<Record<keyof typeof MOST, number>> = MOST) {
    this.#nowMs = nowMs;
    this.#most = most;
  }

  answer(question: Question): Answer {
    if (question.policies !== this.#policies || this.#proven.size >= this.#most.proven) this.#proven.clear();
    this.#policies = question.policies;
    const { languages, values } = this.#kept;
    if (languages.size > this.#most.states || values.size > this.#most.values) this.#kept = nothingKept();
    return orUnknown(() => {
      const read = readQuestion(question);
      const name = nameOf(read);
      if (this.#proven.has(name)) return { verdict: "proven" };
      const answer = proveRead(read, new Budget(this.#nowMs), this.#kept);
      if (answer.verdict === "proven") this.#proven.add(name);
      return answer;
    });
  }
}

/** ISO 8601, as session policies write times. */
const TIMES = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A name for all that the answer depends on: times stand in it by their order, and by what calls can tell apart. */
function nameOf({ question, situations }: ReadQuestion): string {
  const { text, asked, above, account, reads, asker, never, exceptions } = question;
  const { atMs: _, openedAt: _openedAt, ...who } = asker;
  const texts = [text, ...above.flat()];
  const times = [...new Set(texts.flatMap((each) => each.match(TIMES) ?? []))].sort();
  const untimed = texts.map((each) => each.replace(TIMES, (time) => `time ${times.indexOf(time)}`));
  const shape = above.map((each) => each.length);
  const told = situations.map(({ name }) => name);
  const name = JSON.stringify([untimed, asked, shape, account, reads, who, never, exceptions, told]);
  return createHash("sha256").update(name).digest("base64");
}
