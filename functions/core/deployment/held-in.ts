import type { Deployment } from "./deployment.ts";

/** Actions to which an account holds its tasks by name, so that an action which AWS adds later is none of them. */
export interface HeldActions {
  /** Tag value by which the account's task roles say that they are held to these actions. */
  readonly mark: string;
  /** Actions in full, sorted. */
  readonly actions: readonly string[];
}

/** Finds the names to which an account's task roles are held; undefined where they are held to the ceiling's patterns alone. */
export function heldIn({ accounts, held }: Pick<Deployment, "accounts" | "held">, id: string): HeldActions | undefined {
  const mark = accounts.find((account) => account.id === id)?.held;
  const actions = mark === undefined ? undefined : held?.[mark];
  return mark !== undefined && actions ? { mark, actions } : undefined;
}
