import type { Deployment } from "./deployment.ts";

/** Actions to which an account limits its tasks by name. An action that AWS adds later is thus not among them. */
export interface HeldActions {
  /** Tag value with which the account's task roles show that they are limited to these actions. */
  readonly mark: string;
  /** Actions in full, sorted. */
  readonly actions: readonly string[];
}

/**
 * Finds the names to which an account's task roles are limited; undefined where only the ceiling's patterns limit them.
 */
export function heldIn({ accounts, held }: Pick<Deployment, "accounts" | "held">, id: string): HeldActions | undefined {
  const mark = accounts.find((account) => account.id === id)?.held;
  const actions = mark === undefined ? undefined : held?.[mark];
  return mark !== undefined && actions ? { mark, actions } : undefined;
}
