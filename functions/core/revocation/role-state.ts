import { type HaltedAgent, isInForce } from "./halt.ts";
import { type Panic, sessionsDeadBefore } from "./panic.ts";
import { mayBeAlive, type RoleEntry } from "./role-entry.ts";

/** A vend answers within ten seconds or not at all (the exchange's time-out). */
const VEND_SECONDS = 10;

/** Any two of our clocks differ by less than this. */
export const SKEW_SECONDS = 5;

/** Seconds from the cut T to now. A session that the record does not know yet was begun later. */
const CUT_SECONDS = VEND_SECONDS + SKEW_SECONDS;

/**
 * Seconds since the last STS call for a task was begun, past which none of its sessions was begun after the cut. Of two renewals at once, the one
 * that is recorded last may be by the clock that is behind.
 */
export const BEGUN_SECONDS = CUT_SECONDS + SKEW_SECONDS;

/** What was halted beside single tasks. */
export interface Halted {
  readonly agents: readonly HaltedAgent[];
  readonly panic?: Panic | undefined;
}

/** What a role's policy has to tell apart, at one moment. */
export interface RoleState {
  /** Whatever was begun before is dead; `Infinity` while everything is halted. */
  readonly floorAt: number;
  /** Ids of halted agents of which something can be alive. */
  readonly halts: readonly string[];
  /** Those of them that have an entry here. */
  readonly haltsHere: readonly string[];
  /** How many tasks have ended, or an ancestor of theirs. */
  readonly revoked: number;
  /** Of what none of that denies: the tasks that ended; */
  readonly ended: readonly RoleEntry[];
  /** those of them of which a session can have been begun after the cut; */
  readonly recent: readonly RoleEntry[];
  /** the living; */
  readonly alive: readonly RoleEntry[];
  /** those of them of which a session can have been begun before it. */
  readonly old: readonly RoleEntry[];
  /** Never before the floor. */
  readonly cutAt: number;
}

/** @param nowSeconds epoch seconds. */
export function roleStateAt(
  entries: readonly RoleEntry[],
  nowSeconds: number,
  { agents, panic }: Halted = { agents: [] },
): RoleState {
  const floorAt = sessionsDeadBefore(panic, nowSeconds);
  const cutAt = Math.max(Math.floor(nowSeconds) - CUT_SECONDS, floorAt);
  const standing = entries.filter((entry) => mayBeAlive(entry, nowSeconds));
  const over = overOf(standing);
  const halts = agents.filter((halt) => isInForce(halt, nowSeconds)).map(({ agent }) => agent);
  const here = new Set(standing.map(({ agent }) => agent));
  const halted = new Set(halts);
  const rest = standing.filter(({ agent, startedAt }) => !halted.has(agent) && begunBy(startedAt) >= floorAt);
  const ended = rest.filter(({ path }) => over.has(path));
  const alive = rest.filter(({ path }) => !over.has(path));
  return {
    floorAt,
    cutAt,
    halts,
    haltsHere: halts.filter((agent) => here.has(agent)),
    revoked: over.size,
    ended,
    // When it ended says nothing of that: an ending takes as long to be recorded as a vend to answer.
    recent: ended.filter(({ startedAt }) => begunBy(startedAt) >= cutAt),
    alive,
    // All sessions of the others were begun after the cut, which does not touch them.
    old: alive.filter(({ openedAt }) => openedAt <= cutAt + SKEW_SECONDS),
  };
}

/** Latest moment, by anybody's clock, at which a session that is recorded so was begun; epoch seconds. */
const begunBy = (startedAt: number): number => startedAt + SKEW_SECONDS;

/** Every task that ended, or of which an ancestor did. */
function overOf(entries: readonly RoleEntry[]): ReadonlySet<string> {
  const ended = new Set(entries.flatMap(({ path, endedAt }) => (endedAt === undefined ? [] : [path])));
  return new Set(entries.flatMap(({ path }) => (ended.has(path) || hasAncestorIn(ended, path) ? [path] : [])));
}

/** Whether one of the paths is above this one. */
export function hasAncestorIn(paths: { has(path: string): boolean }, path: string): boolean {
  for (let dot = path.indexOf("."); dot < path.length - 1; dot = path.indexOf(".", dot + 1))
    if (paths.has(path.slice(0, dot + 1))) return true;
  return false;
}
