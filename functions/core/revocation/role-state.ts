import { separatorOf } from "../../../contract/task-id.ts";
import { type HaltedAgent, isInForce } from "./halt.ts";
import { type Panic, sessionsDeadBefore } from "./panic.ts";
import { mayBeAlive, type RoleEntry } from "./role-entry.ts";

/** Seconds within which the exchange answers, if at all: its time-out. */
const VEND_SECONDS = 10;

/** Upper bound on the difference between the clocks of any two of our functions; seconds. */
export const SKEW_SECONDS = 5;

/** Seconds from the cut to now. A session that is not recorded yet was started after the cut. */
const CUT_SECONDS = VEND_SECONDS + SKEW_SECONDS;

/**
 * Seconds after a task's last recorded STS call. Once they have passed, no session of the task was started after the
 * cut. The seconds include the clocks' difference: of two renewals at once, the one recorded last may have the slower
 * clock.
 */
export const BEGUN_SECONDS = CUT_SECONDS + SKEW_SECONDS;

/** Halts that concern more than one task: of agents, and of everything. */
export interface Halted {
  readonly agents: readonly HaltedAgent[];
  readonly panic?: Panic | undefined;
}

/** State of one role at one moment: the groups of tasks that its revocation policy treats differently. Times are epoch seconds. */
export interface RoleState {
  /** Sessions started before this moment are denied since a panic; `Infinity` while the panic lasts. */
  readonly floorAt: number;
  /** Ids of halted agents that may still have a live session, in any role. */
  readonly halts: readonly string[];
  /** The halted agents that have an entry in this role. */
  readonly haltsHere: readonly string[];
  /** Number of tasks that ended, or that have an ended ancestor. */
  readonly revoked: number;
  /** Ended tasks that neither a halted agent nor a lifted panic denies already. */
  readonly ended: readonly RoleEntry[];
  /** Ended tasks whose newest session may have started after the cut: the policy denies them by name. */
  readonly recent: readonly RoleEntry[];
  /** Active tasks. */
  readonly alive: readonly RoleEntry[];
  /** Active tasks whose oldest session may have started before the cut: the policy excepts them from it. */
  readonly old: readonly RoleEntry[];
  /** The cut: never before the floor. */
  readonly cutAt: number;
}

/** Sorts a role's entries into the groups of its revocation policy. @param nowSeconds epoch seconds. */
export function roleStateAt(
  entries: readonly RoleEntry[],
  nowSeconds: number,
  { agents, panic }: Halted = { agents: [] },
): RoleState {
  const floorAt = sessionsDeadBefore(panic, nowSeconds);
  const cutAt = Math.max(Math.floor(nowSeconds) - CUT_SECONDS, floorAt);
  const unexpired = entries.filter((entry) => mayBeAlive(entry, nowSeconds));
  const endedPaths = endedPathsOf(unexpired);
  const halts = agents.filter((halt) => isInForce(halt, nowSeconds)).map(({ agent }) => agent);
  const here = new Set<string>(unexpired.map(({ agent }) => agent));
  const halted = new Set<string>(halts);
  const rest = unexpired.filter(({ agent, startedAt }) => !halted.has(agent) && begunBy(startedAt) >= floorAt);
  const ended = rest.filter(({ path }) => endedPaths.has(path));
  const alive = rest.filter(({ path }) => !endedPaths.has(path));
  return {
    floorAt,
    cutAt,
    halts,
    haltsHere: halts.filter((agent) => here.has(agent)),
    revoked: endedPaths.size,
    ended,
    // The moment of the ending does not count: recording an ending takes as long as answering a vend.
    recent: ended.filter(({ startedAt }) => begunBy(startedAt) >= cutAt),
    alive,
    // The sessions of all other active tasks started after the cut, so the cut does not deny them.
    old: alive.filter(({ openedAt }) => openedAt <= cutAt + SKEW_SECONDS),
  };
}

/** Computes the latest moment, by any clock, at which a session with this recorded start was started; epoch seconds. */
const begunBy = (startedAt: number): number => startedAt + SKEW_SECONDS;

/** Collects the paths of the ended tasks, and of all tasks below them. */
function endedPathsOf(entries: readonly RoleEntry[]): ReadonlySet<string> {
  const ended = new Set(entries.flatMap(({ path, endedAt }) => (endedAt === undefined ? [] : [path])));
  return new Set(entries.flatMap(({ path }) => (ended.has(path) || hasAncestorIn(ended, path) ? [path] : [])));
}

/** True where one of the paths is an ancestor of this path. */
export function hasAncestorIn(paths: { has(path: string): boolean }, path: string): boolean {
  const separator = separatorOf(path);
  for (let end = path.indexOf(separator); end < path.length - 1; end = path.indexOf(separator, end + 1))
    if (paths.has(path.slice(0, end + 1))) return true;
  return false;
}
