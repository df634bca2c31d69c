import type { KnownAgent } from "../identity/agent.ts";
import { type Person, personId } from "../identity/person.ts";
import { rootOf, type TaskPath } from "../task-path.ts";
import type { Budget, HeldBudget } from "./budget.ts";
import type { Spent } from "./spent.ts";

/** Counted grants of a holder, as they were read. */
export interface CountedBudget {
  readonly held: HeldBudget;
  readonly spent: Spent;
  /** Number of the item's latest change; 0 where there is no item. */
  readonly version: number;
}

/** Count of one more grant, for the transaction that records the grant: it fails where the item has another version. */
export interface Spending extends Pick<HeldBudget, "name" | "scope" | "holder"> {
  readonly version: number;
  /** Times with the new grant. */
  readonly spent: Spent;
}

/** Budgets that grants have spent. Only the exchange writes them. */
export interface Budgets {
  /**
   * Reads what was counted, strongly, in the same order.
   * @throws {Refusal} store_unavailable.
   */
  read(held: readonly HeldBudget[]): Promise<readonly CountedBudget[]>;
  /**
   * Gives back a grant that was counted at that second. Call it once for a grant. Has no effect where others change the
   * same budget meanwhile: a repeat after an unknown outcome could give back another grant.
   * @throws {Refusal} store_unavailable.
   */
  giveBack(held: HeldBudget, atSeconds: number): Promise<void>;
}

/** Holders for whom a task is opened, and its place in a tree. */
interface Counted {
  /** Agents of the task and of all tasks above. */
  readonly agents: readonly Pick<KnownAgent, "id" | "team">[];
  readonly person: Person | undefined;
  /** Path of the task, or of one above; absent where the tree is about to begin. */
  readonly path: TaskPath | undefined;
}

/** Lists whose budgets a grant spends: those of each agent of the chain and its team, of the person, of the tree and of the hub. */
export const heldBy = (budgets: readonly Budget[], counted: Counted): readonly HeldBudget[] =>
  budgets.flatMap((budget) => [...new Set(holdersOf(budget, counted))].map((holder) => ({ ...budget, holder })));

function holdersOf({ scope }: Budget, { agents, person, path }: Counted): readonly string[] {
  switch (scope) {
    case "agent":
      return agents.map(({ id }) => id);
    case "team":
      return agents.map(({ team }) => team);
    case "person":
      // Policy permits nothing under such a budget to an agent that acts for nobody.
      if (person === undefined) throw new RangeError("a budget of a person, for nobody");
      return [personId(person)];
    case "tree":
      return path === undefined ? [] : [rootOf(path)];
    case "hub":
      return ["*"];
  }
}
