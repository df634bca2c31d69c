import type { Agent } from "./agent.ts";

/** Interval in which owners must confirm their agents, with its warnings. */
export interface Recertification {
  readonly everyDays: number;
  /** Days before the due date on which to warn, from the earliest warning to the last. */
  readonly warnDays: readonly number[];
}

export const DAY_SECONDS = 86_400;

/** Action on an agent that is due at some time. */
export type AgentDue =
  | { readonly what: "warn"; readonly days: number; readonly dueAt: number }
  | { readonly what: "suspend"; readonly reason: "unconfirmed" | "past_its_end" };

/**
 * Fields that determine due actions. The list of agents has them too, so an agent is read only when an action is due.
 */
export type Dated = Pick<Agent, "status" | "endsAt" | "createdAt" | "confirmedAt" | "warnedDays">;

/** Computes when the owner's next confirmation is due; epoch seconds. The registration counts as the first confirmation. */
export const confirmationDueAt = (agent: Pick<Dated, "createdAt" | "confirmedAt">, { everyDays }: Recertification) =>
  (agent.confirmedAt ?? agent.createdAt) + everyDays * DAY_SECONDS;

/**
 * Returns the action that is due for an agent; undefined where none is. Each warning is given once; of several missed
 * warnings only the last.
 * @param recertification `null` where the deployment requires no confirmations.
 */
export function dueFor(
  agent: Dated,
  recertification: Recertification | null,
  nowSeconds: number,
): AgentDue | undefined {
  if (agent.status !== "active") return undefined;
  if (agent.endsAt !== undefined && nowSeconds >= agent.endsAt) return { what: "suspend", reason: "past_its_end" };
  if (!recertification) return undefined;
  const dueAt = confirmationDueAt(agent, recertification);
  if (nowSeconds >= dueAt) return { what: "suspend", reason: "unconfirmed" };
  const reached = recertification.warnDays.filter((days) => nowSeconds >= dueAt - days * DAY_SECONDS);
  const days = Math.min(...reached);
  const isNew = reached.length > 0 && (agent.warnedDays === undefined || days < agent.warnedDays);
  return isNew ? { what: "warn", days, dueAt } : undefined;
}
