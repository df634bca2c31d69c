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

/** Budget of one proof, which it spends in states, nodes and time. */
export class Budget {
  #states = 0;
  #nodes = 0;
  #situations = 0;
  #objections = 0;
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
    this.#look(this.#states, 16);
  }

  /** Counts one node of a diagram. @throws {OverBudget} */
  node(): void {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes) throw new OverBudget();
    this.#look(this.#nodes, 64);
  }

  /** Counts one action in one situation: they are as many as the text has actions, and have no bound of their own. @throws {OverBudget} */
  situation(): void {
    this.#situations += 1;
    this.#look(this.#situations, 16);
  }

  /** Counts one objection to calls of one resource: where all that it takes is known already, it costs neither states nor nodes. @throws {OverBudget} */
  objection(): void {
    this.#objections += 1;
    this.#look(this.#objections, 16);
  }

  /** Looks at the clock at first and now and then: to ask the thread's own clock costs more than a state does. */
  #look(count: number, every: number): void {
    if (count % every === 1 && this.#nowMs() > this.#untilMs) throw new OverBudget();
  }
}
