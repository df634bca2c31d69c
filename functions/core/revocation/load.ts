import type { TaskPath } from "../tasks/path.ts";
import { INLINE_POLICY_CHARACTERS } from "./render.ts";
import type { RoleEntry } from "./role-entry.ts";
import { type Halted, roleStateAt } from "./role-state.ts";

/** How full a role's revocation policy is, as the reconciler last saw it: `LOAD#account#role`. */
export interface RoleLoad {
  /** When the record was read for it; epoch milliseconds. */
  readonly snapshotAtMs: number;
  /** What the cut takes at most, once every living task has to be named. */
  readonly characters: number;
  readonly alive: number;
  /** What each agent takes of it; only of those that take most. */
  readonly agents: Readonly<Record<string, number>>;
  /** How many agents take anything. */
  readonly agentCount: number;
}

/** Kept free for what several processes open at the same moment, each of which knows of its own only. */
const ROOM_CHARACTERS = INLINE_POLICY_CHARACTERS * 0.95;

/** From here on nobody is let in who has more than a fair share. */
const FAIR_FROM_CHARACTERS = ROOM_CHARACTERS * 0.8;

/** Characters around the names: the statements, and the patterns of a moment, which are 850 characters at most until 2033. */
const FRAME_CHARACTERS = 1_350;

/** So many agents are told one by one; the others take less than these. */
const TOLD_AGENTS = 50;

/** What naming it takes: `"*:path*",`. */
export const charactersOf = (path: TaskPath): number => path.length + 6;

/** @param snapshotAtMs when the record was read; epoch milliseconds. */
export function loadOf(entries: readonly RoleEntry[], snapshotAtMs: number, halted: Halted): RoleLoad {
  const { alive, recent, haltsHere } = roleStateAt(entries, snapshotAtMs / 1_000, halted);
  const agents = new Map<string, number>();
  for (const { agent, path } of [...alive, ...recent]) agents.set(agent, (agents.get(agent) ?? 0) + charactersOf(path));
  const most = [...agents].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, TOLD_AGENTS);
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
  return {
    snapshotAtMs,
    characters: FRAME_CHARACTERS + sum(agents.values()) + sum(haltsHere.map((agent) => 2 * (agent.length + 3))),
    alive: alive.length,
    agents: Object.fromEntries(most),
    agentCount: agents.size,
  };
}

/** The same with something more that the agent was let in with. */
export function withOpened(load: RoleLoad, agent: string, characters: number): RoleLoad {
  const own = ownOf(load, agent);
  return {
    ...load,
    characters: load.characters + characters,
    alive: load.alive + 1,
    agents: { ...load.agents, [agent]: (own ?? 0) + characters },
    agentCount: load.agentCount + (own === undefined ? 1 : 0),
  };
}

/** An agent may be called as every object's properties are. */
const ownOf = ({ agents }: RoleLoad, agent: string): number | undefined =>
  Object.hasOwn(agents, agent) ? agents[agent] : undefined;

/** Nobody is known to have anything there yet. */
export const noLoad = (snapshotAtMs: number): RoleLoad => ({
  snapshotAtMs,
  characters: FRAME_CHARACTERS,
  alive: 0,
  agents: {},
  agentCount: 0,
});

/**
 * Whether the agent may be let in with so much more. Nobody is where it could overflow. From four fifths on nobody is who has more than a fair share of
 * the room: as much as each agent could have if one more came. So whoever fills a role, alone or with others, leaves a fifth to those who have little.
 */
export function hasRoom(load: RoleLoad, agent: string, characters: number): boolean {
  const filled = load.characters + characters;
  if (filled > ROOM_CHARACTERS) return false;
  if (filled <= FAIR_FROM_CHARACTERS) return true;
  const own = ownOf(load, agent);
  const agentCount = load.agentCount + (own === undefined ? 1 : 0);
  return (own ?? 0) + characters <= ROOM_CHARACTERS / (agentCount + 1);
}

/** How old what was written may become, while something happens in the role, and how much may change before it is; milliseconds, characters. */
const NEWS = { afterMs: 5_000, characters: 200 } as const;

/** Whether it is worth a write, after what was last written. */
export const isNews = (last: RoleLoad | undefined, load: RoleLoad): boolean =>
  last === undefined ||
  load.snapshotAtMs - last.snapshotAtMs >= NEWS.afterMs ||
  Math.abs(load.characters - last.characters) >= NEWS.characters;
