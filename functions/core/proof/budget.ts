/**
 * Upper bounds on the proofs of one vend. Agents choose what is proven, and a proof blocks the process. Work is counted
 * in units that are the same on every machine, warm or cold: a state of a search is 4, a node of a diagram 1. The time
 * is a backstop.
 */
export const LIMITS = { work: 60_000, milliseconds: 2_000 } as const;
export type Limits = Readonly<Record<keyof typeof LIMITS, number>>;

/** Further units that a question brings: each policy about the requester, and each character of a new text. */
export const FURTHER = { policy: 60, character: 5 } as const;

/** Thrown where a proof exceeds its budget. An unfinished proof has shown nothing. */
export class OverBudget extends Error {
  override readonly name = "OverBudget";
}

/** Clock for work that is not bounded by time. */
export const NO_CLOCK = (): number => 0;

/** Counts work: a budget, or a meter that passes the work on to one. */
export type Counted = Pick<Budget, "state" | "node" | "characters">;

/** Counts nothing. */
export const UNCOUNTED: Counted = { state: () => {}, node: () => {}, characters: () => {} };

/** Units of each kind of work, and the number of characters that are one. */
const WORK = { state: 4, node: 1, situation: 4, objection: 4 } as const;
const CHARACTERS = 8;

/** Units of work between two reads of the clock, since a read costs more than a state. */
const BETWEEN_LOOKS = 1_024;

/** Budget of the proofs of one vend, in units of work, and in time. */
export class Budget {
  /** Units left. */
  #left: number;
  /** Units left at the next read of the clock. The first work reads it. */
  #nextLook: number;
  readonly #nowMs: () => number;
  readonly #untilMs: number;
  /** Texts that have brought their work. */
  readonly #texts = new Set<string>();

  /** @param nowMs a clock that never runs backwards; milliseconds. */
  constructor(nowMs: () => number, limits: Limits = LIMITS) {
    this.#left = limits.work;
    this.#nextLook = limits.work;
    this.#nowMs = nowMs;
    this.#untilMs = nowMs() + limits.milliseconds;
  }

  /**
   * Allows the further work that a question brings. A text brings its work once, for however many sessions and
   * requesters it is read.
   */
  allow({ policies, texts }: { readonly policies: number; readonly texts: readonly string[] }): void {
    const fresh = [...new Set(texts)].filter((text) => !this.#texts.has(text));
    for (const text of fresh) this.#texts.add(text);
    const characters = fresh.reduce((sum, { length }) => sum + length, 0);
    const work = FURTHER.policy * policies + FURTHER.character * characters;
    this.#left += work;
    this.#nextLook += work;
  }

  /** Counts one state of a search. @throws {OverBudget} */
  state(): void {
    this.#spend(WORK.state);
  }

  /** Counts one node of a diagram, or one node that is visited. @throws {OverBudget} */
  node(): void {
    this.#spend(WORK.node);
  }

  /** Counts characters that are compared, or stored. @throws {OverBudget} */
  characters(count: number): void {
    this.#spend(count / CHARACTERS);
  }

  /** Counts one action, or one situation of it. @throws {OverBudget} */
  situation(): void {
    this.#spend(WORK.situation);
  }

  /** Counts one objection to calls of one resource. @throws {OverBudget} */
  objection(): void {
    this.#spend(WORK.objection);
  }

  #spend(work: number): void {
    this.#left -= work;
    if (this.#left < 0) throw new OverBudget();
    if (this.#left >= this.#nextLook) return;
    if (this.#nowMs() > this.#untilMs) throw new OverBudget();
    this.#nextLook = this.#left - BETWEEN_LOOKS;
  }
}
