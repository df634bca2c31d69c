import type { AgentId } from "../../../contract/agent-id.ts";
import { type Person, personId } from "../identity/person.ts";
import type { Delegated } from "./delegation.ts";

/** Actor and the actors that it acts through, the current one outermost (RFC 8693, section 4.1). */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

/** Task, with the fields that show who acts for whom. */
interface Worked {
  readonly agent: AgentId;
  readonly delegated?: Delegated;
  readonly onBehalf?: Person;
}

/**
 * Computes `sub` and `act` of a task that acts for somebody. `sub` is the person at its root, or else the root's agent;
 * `act` is the chain of actors. Empty for a root whose agent acts for itself.
 */
export function actingFor({ agent, delegated, onBehalf }: Worked): Partial<Actor> {
  const subject = onBehalf ? [personId(onBehalf)] : [];
  const [sub, ...actors] = [...subject, ...(delegated?.chain ?? []), agent];
  const act = actors.reduce<Actor | undefined>(
    (inner, each) => (inner ? { sub: each, act: inner } : { sub: each }),
    undefined,
  );
  return sub === undefined || act === undefined ? {} : { sub, act };
}
