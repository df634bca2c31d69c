import { Budget } from "./budget.ts";

/** Counts the work of whatever proof is being made, on its budget. */
export class Meter {
  budget = new Budget(() => 0);

  state(): void {
    this.budget.state();
  }

  node(): void {
    this.budget.node();
  }
}
