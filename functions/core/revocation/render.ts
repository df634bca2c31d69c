import type { RoleEntry } from "./role-entry.ts";
import type { RoleSnapshot } from "./role-snapshot.ts";
import { type Halted, hasAncestorIn, roleStateAt } from "./role-state.ts";
import { startedSince } from "./started-since.ts";

/** A role's inline policies hold this many characters; white space does not count. Source: IAM quotas. */
export const INLINE_POLICY_CHARACTERS = 10_240;

export interface RevocationPolicy {
  /** The whole text of `valetkey-revocations`, or nothing where there is nothing to revoke. */
  readonly text: string | undefined;
  /** Tasks that have ended and may still matter, as far as the snapshot tells of them. */
  readonly revoked: number;
  /**
   * `list`: the ended by name. `cut`: all before a moment but the living. `everything`: neither fits, so that live sessions are denied too.
   * `halted`: an operator has halted everything.
   */
  readonly form: "none" | "list" | "cut" | "everything" | "halted";
}

/**
 * The policy that denies every ended task of a role and no other, rendered as a whole from the record (docs/design.md#revocation).
 * `*:path.*` names a task and all its descendants by `aws:userid`, an agent's id all that it does by `aws:SourceIdentity`. Where the ended are too
 * many to name, they are told from the other side: every session begun before a cut is denied but those of tasks alive, each exactly `*:path.` (a
 * pattern with more behind it would revive an ended child), and by name only the ended whose sessions can be younger than the cut. So the policy
 * grows with what lives, and not with all that ended. Where older endings are left out of the snapshot, only that side denies them.
 * @param nowSeconds epoch seconds.
 */
export function renderRevocations(
  { entries, isWhole }: RoleSnapshot,
  nowSeconds: number,
  halted?: Halted,
): RevocationPolicy {
  const { floorAt, halts, haltsHere, revoked, ended, recent, old, cutAt } = roleStateAt(entries, nowSeconds, halted);
  if (floorAt === Number.POSITIVE_INFINITY) return { text: policy([ALWAYS]), revoked, form: "halted" };

  const floor = floorAt === Number.NEGATIVE_INFINITY ? [] : [before(floorAt, [])];
  const list = [...floor, ...ofAgents(halts), ...named(ended)];
  if (isWhole && list.length === 0) return { text: undefined, revoked, form: "none" };
  const cut = [before(cutAt, old), ...named(recent)];
  for (const [form, conditions] of [
    ...(isWhole ? ([["list", list]] as const) : []),
    ["cut", [...cut, ...ofAgents(halts)]],
    // Of an agent without an entry here there is no session that the cut does not deny: where there is no room, it need not be named.
    ["cut", [...cut, ...ofAgents(haltsHere)]],
  ] as const) {
    const text = policy(conditions);
    if (text.length <= INLINE_POLICY_CHARACTERS) return { text, revoked, form };
  }
  // Without a time: whosever clock a session's issue is by, it is denied.
  return { text: policy([ALWAYS]), revoked, form: "everything" };
}

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const ALWAYS: Condition = {};

/** Those, without the ones that an ancestor among them names too; in one order, so that the same record is the same text. */
function named(entries: readonly RoleEntry[]): readonly Condition[] {
  const paths = new Set<string>(entries.map(({ path }) => path));
  const heads = [...paths].filter((path) => !hasAncestorIn(paths, path)).sort();
  return heads.length > 0 ? [{ StringLike: { "aws:userid": heads.map((path) => `*:${path}*`) } }] : [];
}

/** As `SESSION_TAGS` and `PROBE_IDENTITY` have it, which a test holds together with this. */
const STARTED = "aws:PrincipalTag/valetkey:started";
const CANARY = { identity: "valetkey-probe", tag: "aws:PrincipalTag/valetkey:agent" } as const;

/** A probe has a source identity of its own: it is denied with the agent whose tag it bears, or nobody would see when AWS acts on a halt. */
function ofAgents(agents: readonly string[]): readonly Condition[] {
  if (agents.length === 0) return [];
  const sorted = [...agents].sort();
  const probeSessions = { "aws:SourceIdentity": CANARY.identity, [CANARY.tag]: sorted };
  return [{ StringEquals: { "aws:SourceIdentity": sorted } }, { StringEquals: probeSessions }];
}

/**
 * Begun before, and not by one of those: by the tag that each session bears, and each copy of it. A copy (`sts:GetScopedCredentials`) may have an
 * `aws:TokenIssueTime` of its own. A session without the tag is denied.
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
