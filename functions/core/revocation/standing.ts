import { type HaltedAgent, isHeld } from "./halt.ts";
import { type Panic, sessionsDeadBefore } from "./panic.ts";
import { isStanding, type RoleEntry } from "./role-entry.ts";

/** A vend answers within ten seconds or not at all (the exchange's time-out). */
const VEND_SECONDS = 10;

/** Our clocks and STS's differ by less than this, where a session's issue is compared with what we wrote down. */
const SKEW_SECONDS = 5;

/** Seconds from the cut T to now. A session that the record does not know yet is younger. */
const CUT_SECONDS = VEND_SECONDS + SKEW_SECONDS;

/** What was halted beside single tasks. */
export interface Halted {
  readonly agents: readonly HaltedAgent[];
  readonly panic?: Panic | undefined;
}

/** What a role's policy has to tell apart, at one moment. */
export interface Standing {
  /** Whatever was issued before is dead; `Infinity` while everything is halted. */
  readonly floorAt: number;
  /** Ids of halted agents of which something can be alive. */
  readonly halts: readonly string[];
  /** Those of them that have an entry here. */
  readonly haltsHere: readonly string[];
  /** How many tasks have ended, or an ancestor of theirs. */
  readonly revoked: number;
  /** Of what none of that denies: the tasks that ended; */
  readonly ended: readonly RoleEntry[];
  /** those of them of which a session can be younger than the cut; */
  readonly recent: readonly RoleEntry[];
  /** the living; */
  readonly alive: readonly RoleEntry[];
  /** those of them of which a session can be older than it. */
  readonly old: readonly RoleEntry[];
  readonly cutAt: number;
}

/** @param nowSeconds epoch seconds. */
export function standingAt(
  entries: readonly RoleEntry[],
  nowSeconds: number,
  { agents, panic }: Halted = { agents: [] },
): Standing {
  const floorAt = sessionsDeadBefore(panic, nowSeconds);
  const cutAt = Math.floor(nowSeconds) - CUT_SECONDS;
  const standing = entries.filter((entry) => isStanding(entry, nowSeconds));
  const ends = endsOf(standing);
  const halts = agents.filter((halt) => isHeld(halt, nowSeconds)).map(({ agent }) => agent);
  const here = new Set(standing.map(({ agent }) => agent));
  const halted = new Set(halts);
  const rest = standing.filter(({ agent, startedAt }) => !halted.has(agent) && issuedBy(startedAt) >= floorAt);
  const ended = rest.filter(({ path }) => ends.has(path));
  const alive = rest.filter(({ path }) => !ends.has(path));
  return {
    floorAt,
    cutAt,
    halts,
    haltsHere: halts.filter((agent) => here.has(agent)),
    revoked: ends.size,
    ended,
    // Nothing is handed out for a task that has ended, nor so long after its STS call was begun: before the cut, the cut denies it.
    recent: ended.filter(
      ({ path, startedAt }) => (ends.get(path) ?? 0) + SKEW_SECONDS >= cutAt && issuedBy(startedAt) >= cutAt,
    ),
    alive,
    // All sessions of the others are younger than the cut, which does not touch them.
    old: alive.filter(({ openedAt }) => openedAt <= cutAt + SKEW_SECONDS),
  };
}

/** By when, by anybody's clock, the session was issued or never will be. */
const issuedBy = (startedAt: number): number => startedAt + VEND_SECONDS + SKEW_SECONDS;

/** Of each task that ended, or of which an ancestor did, when; where only an ancestor did, its own end is now at the earliest. */
function endsOf(entries: readonly RoleEntry[]): ReadonlyMap<string, number> {
  const own = new Map(entries.flatMap(({ path, endedAt }) => (endedAt === undefined ? [] : [[path, endedAt]])));
  return new Map(
    entries.flatMap(({ path }): [string, number][] => {
      const endedAt = own.get(path);
      if (endedAt !== undefined) return [[path, endedAt]];
      return hasAncestorIn(own, path) ? [[path, Number.POSITIVE_INFINITY]] : [];
    }),
  );
}

/** Whether one of the paths is above this one. */
export function hasAncestorIn(paths: { has(path: string): boolean }, path: string): boolean {
  for (let dot = path.indexOf("."); dot < path.length - 1; dot = path.indexOf(".", dot + 1))
    if (paths.has(path.slice(0, dot + 1))) return true;
  return false;
}
