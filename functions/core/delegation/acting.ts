import type { Delegated } from "./delegation.ts";

/** Who acts, and for whom (RFC 8693, section 4.1): the one that acts now is the outermost. */
export interface Actor {
  readonly sub: string;
  readonly act?: Actor;
}

/** On whose behalf a child works, and through whom; nothing for a root, whose agent works for itself. */
export function actingFor(task: { readonly agent: string; readonly delegated?: Delegated }): Partial<Actor> {
  const [sub, ...between] = task.delegated?.chain ?? [];
  if (sub === undefined) return {};
  const act = between.reduce<Actor | undefined>((inner, agent) => actor(agent, inner), undefined);
  return { sub, act: actor(task.agent, act) };
}

const actor = (sub: string, act: Actor | undefined): Actor => (act === undefined ? { sub } : { sub, act });
