import { defined } from "../defined.ts";
import type { RoleEntry } from "./role-entry.ts";
import { type Halted, hasAncestorIn, roleStateAt } from "./role-state.ts";
import type { RoleSnapshot } from "./roles.ts";

/** Limit on the characters of all inline policies of a role, without white space. Source: IAM quotas. */
export const INLINE_POLICY_CHARACTERS = 10_240;

export interface RevocationPolicy {
  /** Complete text of `valetkey-revocations`; absent where there is nothing to revoke. */
  readonly text: string | undefined;
  /** Number of ended tasks in the snapshot that may still have a live session. */
  readonly revoked: number;
  /**
   * `list`: denies ended tasks by name. `cut`: denies every session from before a moment, except those of active tasks.
   * `everything`: neither fits, so active tasks are denied too. `halted`: an operator has halted everything.
   */
  readonly form: "none" | "list" | "cut" | "everything" | "halted";
  /** Moment before which sessions had to start to be denied by time, epoch seconds; absent where the policy denies nothing by time. */
  readonly startedBefore?: number;
}

/**
 * Renders the policy that denies every ended task of a role, and no other task, completely from the record
 * (docs/design.md#revocation).
 * The list: `*:path.*` denies a task and its descendants by `aws:userid`; an agent's id denies its sessions by
 * `aws:SourceIdentity`.
 * The cut, where the ended tasks are too many to name, denies every session from before a moment, except those of
 * active tasks. Ended tasks whose sessions may be younger than the cut are denied by name. An exception is exactly
 * `*:path.`, since a longer pattern would revive an ended child. The policy thus grows with the active tasks, and not
 * with all that ended. Only the cut denies endings that the snapshot leaves out.
 * @param nowSeconds epoch seconds.
 */
export function renderRevocations(
  { entries, isWhole }: RoleSnapshot,
  nowSeconds: number,
  halted?: Halted,
): RevocationPolicy {
  const { floorAt, halts, haltsHere, revoked, ended, recent, old, cutAt } = roleStateAt(entries, nowSeconds, halted);
  if (floorAt === Number.POSITIVE_INFINITY) return { text: policy([ALWAYS]), revoked, form: "halted" };

  const hasFloor = floorAt !== Number.NEGATIVE_INFINITY;
  const floor = hasFloor ? [before(floorAt, [])] : [];
  const list = [...floor, ...ofAgents(halts), ...named(ended)];
  if (isWhole && list.length === 0) return { text: undefined, revoked, form: "none" };
  const cut = [before(cutAt, old), ...named(recent)];
  for (const [form, conditions, startedBefore] of [
    ...(isWhole ? ([["list", list, hasFloor ? floorAt : undefined]] as const) : []),
    ["cut", [...cut, ...ofAgents(halts)], cutAt],
    // The cut denies all sessions of an agent without an entry here. Such agents are omitted where there is no room.
    ["cut", [...cut, ...ofAgents(haltsHere)], cutAt],
  ] as const) {
    const text = policy(conditions);
    if (text.length <= INLINE_POLICY_CHARACTERS) return { text, revoked, form, ...defined({ startedBefore }) };
  }
  // No time in the condition: sessions are denied whatever clock dated them.
  return { text: policy([ALWAYS]), revoked, form: "everything" };
}

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const ALWAYS: Condition = {};

/**
 * Denies the entries by name, without those that an ancestor's pattern covers. Sorted, so that equal records give equal
 * texts.
 */
function named(entries: readonly RoleEntry[]): readonly Condition[] {
  const paths = new Set<string>(entries.map(({ path }) => path));
  const heads = [...paths].filter((path) => !hasAncestorIn(paths, path)).sort();
  return heads.length > 0 ? [{ StringLike: { "aws:userid": heads.map((path) => `*:${path}*`) } }] : [];
}

/** Same names as `SESSION_TAGS` and `PROBE_IDENTITY`; a test compares them. */
const STARTED = "aws:PrincipalTag/valetkey:started";
const PROBE = { identity: "valetkey-probe", tag: "aws:PrincipalTag/valetkey:agent" } as const;

/**
 * Denies the agents' sessions. A probe has a source identity of its own, and is denied by the agent's tag: it thus
 * observes when AWS applies a halt.
 */
function ofAgents(agents: readonly string[]): readonly Condition[] {
  if (agents.length === 0) return [];
  const sorted = [...agents].sort();
  const probeSessions = { "aws:SourceIdentity": PROBE.identity, [PROBE.tag]: sorted };
  return [{ StringEquals: { "aws:SourceIdentity": sorted } }, { StringEquals: probeSessions }];
}

/**
 * Denies sessions that started before the cut and belong to no excepted entry. The start is a tag, which copies of a
 * session retain. The `aws:TokenIssueTime` of a copy (`sts:GetScopedCredentials`) may be its own. A session without the
 * tag is denied.
 */
const before = (cut: number, except: readonly RoleEntry[]): Condition => ({
  StringNotLike: {
    [STARTED]: startedSince(cut),
    ...(except.length > 0 ? { "aws:userid": except.map(({ path }) => `*:${path}`).sort() } : {}),
  },
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

/** Digits of a moment. From 2001 to 2286 epoch seconds have ten digits, so the order of texts is the order of moments. */
const DIGITS = "0123456789";

/**
 * Makes the IAM patterns (`StringLike`) that match exactly the moments from this one on, each as ten decimal digits.
 * IAM compares texts only for equality and by patterns. A later moment has the same first digits, followed by a greater
 * one.
 * @param seconds epoch seconds, whole.
 * @example startedSince(1_764_000_097) // ["1764000097", "1764000098", "1764000099", "17640001*", ..., "2*", ..., "9*"]
 */
export function startedSince(seconds: number): readonly string[] {
  const text = String(seconds);
  const greater = [...text].map((digit, at) =>
    [...DIGITS]
      .filter((each) => each > digit)
      .map((each) => `${text.slice(0, at)}${each}${at < text.length - 1 ? "*" : ""}`),
  );
  return [text, ...greater.reverse().flat()];
}

interface Statement {
  readonly Condition?: {
    readonly StringLike?: { readonly "aws:userid"?: readonly string[] };
    readonly StringEquals?: Readonly<Record<string, readonly string[]>>;
  };
}

/**
 * Returns a predicate for a policy's text (`renderRevocations`): true where the policy also denies a session that is
 * issued later. Such a session has the task's name and agent. The policy denies by name, by agent, or everything. A
 * Deny by time alone does not deny a younger session, such as a probe's.
 */
export function deniesAnew(text: string | undefined): (entry: Pick<RoleEntry, "path" | "agent">) => boolean {
  if (text === undefined) return () => false;
  const { Statement: statements } = JSON.parse(text) as { readonly Statement: readonly Statement[] };
  const denied = statements.map(({ Condition: condition }) => ({
    isAll: condition === undefined,
    heads: (condition?.StringLike?.["aws:userid"] ?? []).map((pattern) => pattern.slice(2, -1)),
    agents: new Set(Object.values(condition?.StringEquals ?? {}).flat()),
  }));
  return ({ path, agent }) =>
    denied.some(
      ({ isAll, heads, agents }) => isAll || heads.some((head) => path.startsWith(head)) || agents.has(agent),
    );
}
