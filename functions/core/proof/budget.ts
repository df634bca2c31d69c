/** Upper bounds on one proof: agents choose what is proven, and the proof blocks the process. */
export const LIMITS = { states: 5_000, nodes: 20_000, milliseconds: 50 } as const;
export type Limits = Readonly<Record<keyof typeof LIMITS, number>>;

/** A proof that took more than it may, and was given up: it has shown nothing. */
export class OverBudget extends Error {
  override readonly name = "OverBudget";
}

/** Clock of work that only states and nodes bound. */
export const NO_CLOCK = (): number => 0;

/** Counters of work: a budget, or what passes the work on to one. */
export type Counted = Pick<Budget, "state" | "node">;

/** Work between two looks at the clock, which cost more than a state each, and of what kind how much of it is. */
const BETWEEN_LOOKS = 64;
const WORK = { state: 4, node: 1, situation: 4, objection: 4 } as const;

/** Budget of one proof, which it spends in states, nodes and time. */
export class Budget {
  #states = 0;
  #nodes = 0;
  /** Work that may be done before the next look: none before the first. */
  #left = 0;
  readonly #limits: Limits;
  readonly #nowMs: () => number;
  readonly #untilMs: number;

  /** @param nowMs a clock that never runs backwards; milliseconds. */
  constructor(nowMs: () => number, limits: Limits = LIMITS) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#untilMs = nowMs() + limits.milliseconds;
  }

  /** Counts one state of a search. @throws {OverBudget} */
  state(): void {
    this.#states += 1;
    if (this.#states > this.#limits.states) throw new OverBudget();
    this.#spend(WORK.state);
  }

  /** Counts one node of a diagram. @throws {OverBudget} */
  node(): void {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes) throw new OverBudget();
    this.#spend(WORK.node);
  }

  /** Counts one action, or one situation of it: actions are as many as the text has, and have no bound of their own. @throws {OverBudget} */
  situation(): void {
    this.#spend(WORK.situation);
  }

  /** Counts one objection to calls of one resource: where all that it takes is known already, it costs neither states nor nodes. @throws {OverBudget} */
  objection(): void {
    this.#spend(WORK.objection);
  }

  /** Looks at the clock at first, and after so much work again. */
  #spend(work: number): void {
    if (this.#left <= 0) {
      if (this.#nowMs() > this.#untilMs) throw new OverBudget();
      this.#left = BETWEEN_LOOKS;
    }
    this.#left -= work;
  }
}
