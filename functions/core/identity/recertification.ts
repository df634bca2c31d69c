import type { Agent } from "./agent.ts";

/** How often an agent's owner has to confirm it, and how many days before that it is said. */
export interface Recertification {
  readonly everyDays: number;
  /** Days before the confirmation is due, from the earliest warning to the last. */
  readonly warnDays: readonly number[];
}

export const DAY_SECONDS = 86_400;

/** What has to be done about an agent though nobody asks. */
export type AgentDue =
  | { readonly what: "warn"; readonly days: number; readonly dueAt: number }
  | { readonly what: "suspend"; readonly reason: "unconfirmed" | "past_its_end" };

/** Of an agent, or of its entry in the list: nothing more has to be read while nothing is due. */
export type Dated = Pick<Agent, "status" | "endsAt" | "createdAt" | "confirmedAt" | "warnedDays">;

/** When its owner has to have confirmed it, again; epoch seconds. Its registration is the first confirmation. */
export const confirmationDueAt = (agent: Pick<Dated, "createdAt" | "confirmedAt">, { everyDays }: Recertification) =>
  (agent.confirmedAt ?? agent.createdAt) + everyDays * DAY_SECONDS;

/**
 * What is due for it, or nothing. Each warning comes once; where several have been missed, the last of them alone.
 * @param recertification `null` where the deployment asks for none.
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
