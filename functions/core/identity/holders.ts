import type { BudgetScope } from "../../../contract/names.ts";
import { rootOf, type TaskPath } from "../task-path.ts";
import type { KnownAgent } from "./agent.ts";
import { type Person, personId } from "./person.ts";

/** Agents and person of a task that is opened, and its place in a tree. */
export interface Counted {
  /** Agents of the task and of all tasks above. */
  readonly agents: readonly Pick<KnownAgent, "id" | "team">[];
  readonly person: Person | undefined;
  /** Path of the task, or of one above; absent where the tree is about to begin. */
  readonly path: TaskPath | undefined;
}

/** Lists the holders of a scope, each once: those of each agent of the chain; `*` for the hub. */
export function holdersOf(scope: BudgetScope, { agents, person, path }: Counted): readonly string[] {
  switch (scope) {
    case "agent":
      return [...new Set(agents.map(({ id }) => id))];
    case "team":
      return [...new Set(agents.map(({ team }) => team))];
    case "person":
      return person === undefined ? [] : [personId(person)];
    case "tree":
      return path === undefined ? [] : [rootOf(path)];
    case "hub":
      return ["*"];
  }
}
