import { isoSeconds } from "../policy/compile.ts";
import { isStanding, type RoleEntry } from "./role-entry.ts";

/** A role's inline policies hold this many characters; white space does not count. Source: IAM quotas. */
export const INLINE_POLICY_CHARACTERS = 10_240;

/**
 * Seconds from the cut T to now. A session that the record does not know yet is younger: its vend answers within ten seconds or not at all
 * (the exchange's time-out), and our clock and STS's may differ by the rest.
 */
const CUT_SECONDS = 15;

/** An ended task stays named until its end lies so far before the cut that all of its sessions do; seconds. */
const ENDED_MARGIN_SECONDS = 5;

export interface RevocationPolicy {
  /** The whole text of `valetkey-revocations`, or nothing where there is nothing to revoke. */
  readonly text: string | undefined;
  readonly revoked: number;
  /** `list`: the ended by name. `cut`: all before a moment but the living. `everything`: neither fits, so live sessions are denied too. */
  readonly form: "none" | "list" | "cut" | "everything";
}

/**
 * The policy that denies every ended task of a role and no other, rendered as a whole from the record (design.md, sections 7 and 8).
 * `*:path.*` names a task and all its descendants by `aws:userid`. Where the ended are too many to name, they are told from the other side:
 * every session issued before a cut is denied but those of tasks alive, each exactly `*:path.` (a pattern with more behind it would revive an ended
 * child), and by name only what ended since. So the policy grows with what lives, and not with all that ended.
 * @param nowSeconds epoch seconds.
 */
export function renderRevocations(entries: readonly RoleEntry[], nowSeconds: number): RevocationPolicy {
  const standing = entries.filter((entry) => isStanding(entry, nowSeconds));
  const ended = standing.filter(hasEnded);
  if (ended.length === 0) return { text: undefined, revoked: 0, form: "none" };
  const revoked = ended.length;

  const list = policy([byName(ended)]);
  if (list.length <= INLINE_POLICY_CHARACTERS) return { text: list, revoked, form: "list" };

  const cutAt = Math.floor(nowSeconds) - CUT_SECONDS;
  const alive = standing.filter((entry) => !hasEnded(entry));
  const recent = ended.filter(({ endedAt = nowSeconds }) => endedAt >= cutAt - ENDED_MARGIN_SECONDS);
  const cut = policy([before(cutAt, alive), ...(recent.length > 0 ? [byName(recent)] : [])]);
  if (cut.length <= INLINE_POLICY_CHARACTERS) return { text: cut, revoked, form: "cut" };

  return { text: policy([before(Math.floor(nowSeconds) + 1, [])]), revoked, form: "everything" };
}

const hasEnded = ({ endedAt }: RoleEntry): boolean => endedAt !== undefined;

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const byName = (entries: readonly RoleEntry[]): Condition => ({
  StringLike: { "aws:userid": entries.map(({ path }) => `*:${path}*`).sort() },
});

/** Issued before, and not by one of those. */
const before = (cutAt: number, except: readonly RoleEntry[]): Condition => ({
  DateLessThan: { "aws:TokenIssueTime": isoSeconds(cutAt) },
  ...(except.length > 0 ? { StringNotLike: { "aws:userid": except.map(({ path }) => `*:${path}`).sort() } } : {}),
});

const policy = (denied: readonly Condition[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: denied.map((condition) => ({ Effect: "Deny", Action: "*", Resource: "*", Condition: condition })),
  });
