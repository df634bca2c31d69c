import type { Delegated } from "./delegation.ts";

/** Actor and the actors that it acts through, the current one outermost (RFC 8693, section 4.1). */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

/** Computes `sub` and `act` of a child: the agent on whose behalf it works, and the chain of actors. Empty for a root, whose agent works for itself. */
export function actingFor(task: { readonly agent: string; readonly delegated?: Delegated }): Partial<Actor> {
  const [sub, ...between] = task.delegated?.chain ?? [];
  if (sub === undefined) return {};
  const act = between.reduce<Actor | undefined>((inner, agent) => actor(agent, inner), undefined);
  return { sub, act: actor(task.agent, act) };
}

const actor = (sub: string, act: Actor | undefined): Actor => (act === undefined ? { sub } : { sub, act });
