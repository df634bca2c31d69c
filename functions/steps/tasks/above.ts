import type { Delegated } from "../../core/delegation/delegation.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Grants } from "./authorise-intent.ts";

declare const decidedAnew: unique symbol;

/** What a child may be at most: its parent with what it is granted now, once every task above that one was decided anew for its agent. */
export interface Above {
  readonly [decidedAnew]: true;
  readonly parent: Task;
  readonly grants: Grants;
  /** What the child's record says of it. */
  readonly delegated: Delegated;
  /** Where it is about to be opened: the delegation that it uses up, and how long that lets it live. */
  readonly delegation?: { readonly hash: string; readonly expiresAt: number };
}
