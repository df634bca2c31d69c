import { Budget, NO_CLOCK } from "./budget.ts";

/** Counts the work of the current proof, on its budget. */
export class Meter {
  budget = new Budget(NO_CLOCK);

  state(): void {
    this.budget.state();
  }

  node(): void {
    this.budget.node();
  }

  characters(count: number): void {
    this.budget.characters(count);
  }
}
