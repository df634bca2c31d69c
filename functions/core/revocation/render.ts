import { isoSeconds } from "../policy/compile.ts";
import { type HaltedAgent, isHeld } from "./halt.ts";
import { type Panic, sessionsDeadBefore } from "./panic.ts";
import { isStanding, type RoleEntry } from "./role-entry.ts";

/** A role's inline policies hold this many characters; white space does not count. Source: IAM quotas. */
export const INLINE_POLICY_CHARACTERS = 10_240;

/** A vend answers within ten seconds or not at all (the exchange's time-out). */
const VEND_SECONDS = 10;

/** Our clocks and STS's differ by less than this, where a session's issue is compared with what we wrote down. */
const SKEW_SECONDS = 5;

/** Seconds from the cut T to now. A session that the record does not know yet is younger. */
const CUT_SECONDS = VEND_SECONDS + SKEW_SECONDS;

export interface RevocationPolicy {
  /** The whole text of `valetkey-revocations`, or nothing where there is nothing to revoke. */
  readonly text: string | undefined;
  readonly revoked: number;
  /**
   * `list`: the ended by name. `cut`: all before a moment but the living. `everything`: neither fits, so that live sessions are denied too.
   * `halted`: an operator has halted everything.
   */
  readonly form: "none" | "list" | "cut" | "everything" | "halted";
}

/** What was halted beside single tasks. */
export interface Halted {
  readonly agents: readonly HaltedAgent[];
  readonly panic?: Panic | undefined;
}

/**
 * The policy that denies every ended task of a role and no other, rendered as a whole from the record (design.md, sections 7 and 8).
 * `*:path.*` names a task and all its descendants by `aws:userid`, an agent's id all that it does by `aws:SourceIdentity`. Where the ended are too
 * many to name, they are told from the other side: every session issued before a cut is denied but those of tasks alive, each exactly `*:path.` (a
 * pattern with more behind it would revive an ended child), and by name only the ended whose sessions can be younger than the cut. So the policy
 * grows with what lives, and not with all that ended.
 * @param nowSeconds epoch seconds.
 */
export function renderRevocations(
  entries: readonly RoleEntry[],
  nowSeconds: number,
  { agents, panic }: Halted = { agents: [] },
): RevocationPolicy {
  const floorAt = sessionsDeadBefore(panic, nowSeconds);
  const standing = entries.filter((entry) => isStanding(entry, nowSeconds));
  const ended = endedOf(standing);
  const revoked = ended.size;
  if (floorAt === Number.POSITIVE_INFINITY) return { text: policy([ALWAYS]), revoked, form: "halted" };

  const halts = agents.filter((halt) => isHeld(halt, nowSeconds)).map(({ agent }) => agent);
  const rest = standing.filter(({ agent, startedAt }) => !halts.includes(agent) && issuedBy(startedAt) >= floorAt);
  const floor = floorAt === Number.NEGATIVE_INFINITY ? [] : [before(floorAt, [])];
  const always = (halted: readonly string[]) => [...floor, ...(halted.length > 0 ? [ofAgents(halted)] : [])];

  const list = [...always(halts), ...named(rest.filter(({ path }) => ended.has(path)))];
  if (list.length === 0) return { text: undefined, revoked, form: "none" };
  const cut = cutAt(rest, ended, nowSeconds);
  // Of an agent without an entry here there is no session that the cut does not deny: where there is no room, it need not be named.
  const known = new Set(standing.map(({ agent }) => agent));
  const here = halts.filter((agent) => known.has(agent));
  for (const [form, conditions] of [
    ["list", list],
    ["cut", [...always(halts), ...cut]],
    ["cut", [...always(here), ...cut]],
  ] as const) {
    const text = policy(conditions);
    if (text.length <= INLINE_POLICY_CHARACTERS) return { text, revoked, form };
  }
  // Without a time: whoever's clock a session's issue is by, it is denied.
  return { text: policy([ALWAYS]), revoked, form: "everything" };
}

/** Of each task that ended, or of which an ancestor did, when; where only an ancestor did, its own end is now at the earliest. */
function endedOf(entries: readonly RoleEntry[]): ReadonlyMap<string, number> {
  const own = new Map(entries.flatMap(({ path, endedAt }) => (endedAt === undefined ? [] : [[path, endedAt]])));
  return new Map(
    entries.flatMap(({ path }): [string, number][] => {
      const endedAt = own.get(path);
      if (endedAt !== undefined) return [[path, endedAt]];
      return hasAncestorIn(own, path) ? [[path, Number.POSITIVE_INFINITY]] : [];
    }),
  );
}

function hasAncestorIn(paths: { has(path: string): boolean }, path: string): boolean {
  for (let dot = path.indexOf("."); dot < path.length - 1; dot = path.indexOf(".", dot + 1))
    if (paths.has(path.slice(0, dot + 1))) return true;
  return false;
}

/** All that was issued before the cut but the living, and by name the ended of which a session can be younger. */
function cutAt(entries: readonly RoleEntry[], ended: ReadonlyMap<string, number>, nowSeconds: number) {
  const cut = Math.floor(nowSeconds) - CUT_SECONDS;
  // All of its sessions are younger than the cut, which does not touch them.
  const alive = entries.filter(({ path, openedAt }) => !ended.has(path) && openedAt <= cut + SKEW_SECONDS);
  const recent = entries.filter(({ path, startedAt }) => {
    const endedAt = ended.get(path);
    // Nothing is handed out for a task that has ended, nor so long after its STS call was begun: before the cut, the cut denies it.
    return endedAt !== undefined && endedAt + SKEW_SECONDS >= cut && issuedBy(startedAt) >= cut;
  });
  return [before(cut, alive), ...named(recent)];
}

/** By when, by anybody's clock, the session was issued or never will be. */
const issuedBy = (startedAt: number): number => startedAt + VEND_SECONDS + SKEW_SECONDS;

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const ALWAYS: Condition = {};

/** Those, without the ones that an ancestor among them names too; in one order, so that the same record is the same text. */
function named(entries: readonly RoleEntry[]): readonly Condition[] {
  const paths = new Set<string>(entries.map(({ path }) => path));
  const heads = [...paths].filter((path) => !hasAncestorIn(paths, path)).sort();
  return heads.length > 0 ? [{ StringLike: { "aws:userid": heads.map((path) => `*:${path}*`) } }] : [];
}

const ofAgents = (agents: readonly string[]): Condition => ({
  StringEquals: { "aws:SourceIdentity": [...agents].sort() },
});

/** Issued before, and not by one of those. */
const before = (cut: number, except: readonly RoleEntry[]): Condition => ({
  DateLessThan: { "aws:TokenIssueTime": isoSeconds(cut) },
  ...(except.length > 0 ? { StringNotLike: { "aws:userid": except.map(({ path }) => `*:${path}`).sort() } } : {}),
});

const policy = (denied: readonly Condition[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: denied.map((condition) => ({
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      ...(condition === ALWAYS ? {} : { Condition: condition }),
    })),
  });
