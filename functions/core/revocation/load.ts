import type { TaskPath } from "../task-path.ts";
import { INLINE_POLICY_CHARACTERS } from "./render.ts";
import type { RoleEntry } from "./role-entry.ts";
import { type Halted, roleStateAt } from "./role-state.ts";
import type { RoleRef } from "./roles.ts";
import type { RoleWrites } from "./unwritable.ts";

/** Size of a role's revocation policy as the reconciler last saw it: the item `LOAD#account#role`. */
export interface RoleLoad {
  /** Moment at which the record was read; epoch milliseconds. */
  readonly snapshotAtMs: number;
  /** Upper bound on the policy's characters: the cut, with every active task named. */
  readonly characters: number;
  readonly alive: number;
  /** Characters by agent, of the agents with the most. */
  readonly agents: Readonly<Record<string, number>>;
  /** Number of agents with any characters. */
  readonly agentCount: number;
}

/**
 * Characters that may be filled. The rest remains free for tasks that several processes open at once, since each
 * process knows only its own.
 */
const ROOM_CHARACTERS = INLINE_POLICY_CHARACTERS * 0.95;

/** From this many characters on, agents with more than a fair share are refused. */
const FAIR_FROM_CHARACTERS = ROOM_CHARACTERS * 0.8;

/** Characters of a policy without names: its statements and the patterns of a moment (850 characters at most until 2033). */
const FRAME_CHARACTERS = 1_350;

/** Number of agents that the load lists by name. All other agents have at most as many characters as these. */
const LISTED_AGENTS = 50;

/** Counts the characters that naming a task takes: `"*:path*",`. */
export const charactersOf = (path: TaskPath): number => path.length + 6;

/** Computes the load of a role from its entries. @param snapshotAtMs moment at which the entries were read; epoch milliseconds. */
export function loadOf(entries: readonly RoleEntry[], snapshotAtMs: number, halted: Halted): RoleLoad {
  const { alive, recent, haltsHere } = roleStateAt(entries, snapshotAtMs / 1_000, halted);
  const agents = new Map<string, number>();
  for (const { agent, path } of [...alive, ...recent]) agents.set(agent, (agents.get(agent) ?? 0) + charactersOf(path));
  const most = [...agents].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).slice(0, LISTED_AGENTS);
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
  return {
    snapshotAtMs,
    characters: FRAME_CHARACTERS + sum(agents.values()) + sum(haltsHere.map((agent) => 2 * (agent.length + 3))),
    alive: alive.length,
    agents: Object.fromEntries(most),
    agentCount: agents.size,
  };
}

/** Task that was opened since the load was read. */
export interface OpenedTask {
  readonly agent: string;
  readonly characters: number;
}

/** Adds tasks that were opened since the load was read. One pass, since a role may have hundreds of them. */
export function withOpened(load: RoleLoad, opened: readonly OpenedTask[]): RoleLoad {
  const agents = new Map(Object.entries(load.agents));
  let { characters, agentCount } = load;
  for (const task of opened) {
    const own = agents.get(task.agent);
    agents.set(task.agent, (own ?? 0) + task.characters);
    if (own === undefined) agentCount += 1;
    characters += task.characters;
  }
  return { ...load, characters, agentCount, alive: load.alive + opened.length, agents: Object.fromEntries(agents) };
}

/** Reads an agent's own characters. An agent's id may equal the name of an object's built-in property. */
const ownOf = ({ agents }: RoleLoad, agent: string): number | undefined =>
  Object.hasOwn(agents, agent) ? agents[agent] : undefined;

/** Computes the filled part of a role's room; per cent, 100 or more where the role accepts no further task. */
export const percentOf = ({ characters }: RoleLoad): number => Math.round((100 * characters) / ROOM_CHARACTERS);

/** Load of a role without tasks. */
export const noLoad = (snapshotAtMs: number): RoleLoad => ({
  snapshotAtMs,
  characters: FRAME_CHARACTERS,
  alive: 0,
  agents: {},
  agentCount: 0,
});

/**
 * True where the role has room for this many more characters of the agent. A role never overflows. From four fifths on,
 * an agent gets at most a fair share: the room divided by the number of agents and one. Agents that fill a role thus
 * leave a fifth of it to the others.
 */
export function hasRoom(load: RoleLoad, agent: string, characters: number): boolean {
  const filled = load.characters + characters;
  if (filled > ROOM_CHARACTERS) return false;
  if (filled <= FAIR_FROM_CHARACTERS) return true;
  const own = ownOf(load, agent);
  const agentCount = load.agentCount + (own === undefined ? 1 : 0);
  return (own ?? 0) + characters <= ROOM_CHARACTERS / (agentCount + 1);
}

/**
 * Age in milliseconds, or change in characters, from which a load is written again. A reader adds its own openings
 * since the snapshot, so an old load is too large rather than too small. The openings of others meanwhile are less than
 * this change. The free rest of the room is more than twice as large.
 */
export const NEWS = { afterMs: 30_000, characters: 200 } as const;

/** True where the load differs enough from the last written one, or is old enough, to be written. */
export const isNews = (last: RoleLoad | undefined, load: RoleLoad): boolean =>
  last === undefined ||
  load.snapshotAtMs - last.snapshotAtMs >= NEWS.afterMs ||
  Math.abs(load.characters - last.characters) >= NEWS.characters;

/** Loads of the roles' revocation policies, for the exchange that fills them. */
export interface RoleLoads {
  /** Reads the load that the reconciler reported, plus the tasks that this process has opened since. */
  read(role: RoleRef): Promise<RoleLoad>;
  /** Counts a task that this process opened, until the reconciler's load includes it. In memory only. */
  recordOpened(role: RoleRef, agent: string, characters: number): void;
  /**
   * Writes the load that the reconciler computed, where it differs enough from the last one. The load's moment is the
   * role's last success: the reconciler reports it once IAM has the policy.
   */
  report(role: RoleRef, load: RoleLoad): Promise<void>;
  /** Writes that the role's policy could not be read or written, unless an earlier failure is recorded. */
  reportFailure(role: RoleRef, atMs: number): Promise<void>;
  /** Reads whether the role's policy can be written, as far as this process or the record knows. */
  writes(role: RoleRef): Promise<RoleWrites>;
  /** Reads the number of live tasks with sessions in the hub, as the sweep last counted them; at most a minute old. */
  living(): Promise<number>;
  /** Writes that number. */
  reportLiving(count: number): Promise<void>;
}
