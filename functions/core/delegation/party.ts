import type { AgentId } from "../../../contract/agent-id.ts";
import type { Person } from "../identity/person.ts";
import { actingFor } from "./acting.ts";
import type { Delegated } from "./delegation.ts";

/** Number of parties that use up an agent's limit only together. */
const PARTIES = 3;

/**
 * Names whom a task's agent works for: the person, or the agent at the root of the tree. Undefined where the agent works for itself.
 * A party chooses what the agent does for it, so each party has only a share of the agent's limits: one that uses up its
 * share takes nothing from the others.
 */
export function partyOf(task: {
  readonly agent: AgentId;
  readonly delegated?: Delegated;
  readonly onBehalf?: Person | undefined;
}): string | undefined {
  const { agent, delegated, onBehalf } = task;
  const { sub } = actingFor({ agent, ...(delegated ? { delegated } : {}), ...(onBehalf ? { onBehalf } : {}) });
  return sub === agent ? undefined : sub;
}

/** Names whom the agent works for in a task below another one. */
export const partyBelow = (parent: Parameters<typeof partyOf>[0], agent: AgentId): string | undefined => {
  const { delegated, onBehalf } = parent;
  const chain = [...(delegated?.chain ?? []), parent.agent];
  return partyOf({ agent, delegated: { chain }, ...(onBehalf ? { onBehalf } : {}) });
};

/** Lists the task's agent, and each agent above it, with the party that it works for there. An agent that works for itself is left out. */
export function partiesOf({
  agent,
  delegated,
  onBehalf,
}: Parameters<typeof partyOf>[0]): readonly { readonly agent: AgentId; readonly party: string }[] {
  const chain = [...(delegated?.chain ?? []), agent];
  return chain.flatMap((each, index) => {
    const above = index === 0 ? {} : { delegated: { chain: chain.slice(0, index) } };
    const party = partyOf({ agent: each, ...above, ...(onBehalf ? { onBehalf } : {}) });
    return party === undefined ? [] : [{ agent: each, party }];
  });
}

/** Party of a request whose person or delegation is not verified. All such requests of an agent share one part of its limits. */
export const UNPROVEN_PARTY = "?";

/** Returns how much of an agent's limit one party may use: a third, rounded up. */
export const shareOf = (most: number): number => Math.ceil(most / PARTIES);
