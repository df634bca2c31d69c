/** Upper bounds on one proof. Agents choose what is proven, and a proof blocks the process. */
export const LIMITS = { states: 5_000, nodes: 20_000, milliseconds: 50 } as const;
export type Limits = Readonly<Record<keyof typeof LIMITS, number>>;

/** Thrown where a proof exceeds its budget. An unfinished proof has shown nothing. */
export class OverBudget extends Error {
  override readonly name = "OverBudget";
}

/** Clock for work that is bounded by states and nodes, and not by time. */
export const NO_CLOCK = (): number => 0;

/** Counts work: a budget, or a meter that passes the work on to one. */
export type Counted = Pick<Budget, "state" | "node">;

/**
 * Units of work between two reads of the clock, since a read costs more than a state. Then the units of each kind of
 * work.
 */
const BETWEEN_LOOKS = 64;
const WORK = { state: 4, node: 1, situation: 4, objection: 4 } as const;

/** Budget of one proof, in states, nodes and time. */
export class Budget {
  #states = 0;
  #nodes = 0;
  /** Units of work left before the next read of the clock. 0 at first, so that the first work reads it. */
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

  /**
   * Counts one action, or one situation of it. A text may have any number of actions, so only the time bounds them.
   * @throws {OverBudget}
   */
  situation(): void {
    this.#spend(WORK.situation);
  }

  /**
   * Counts one objection to calls of one resource. An objection costs neither states nor nodes where all of its parts
   * are known already.
   * @throws {OverBudget}
   */
  objection(): void {
    this.#spend(WORK.objection);
  }

  /** Reads the clock on the first call, then once per `BETWEEN_LOOKS` units. */
  #spend(work: number): void {
    if (this.#left <= 0) {
      if (this.#nowMs() > this.#untilMs) throw new OverBudget();
      this.#left = BETWEEN_LOOKS;
    }
    this.#left -= work;
  }
}
