import type { TaskPath } from "../tasks/path.ts";

/** What a role's partition says of one task: `ROLE#account#role` / `path`. Times are epoch seconds. */
export interface RoleEntry {
  readonly path: TaskPath;
  readonly openedAt: number;
  /** The latest fence of its sessions in this role: past it, there is nothing left to revoke. */
  readonly fenceAt: number;
  readonly endedAt?: number;
}

/** A role's inline policies hold this many characters; white space does not count. Source: IAM quotas. */
export const INLINE_POLICY_CHARACTERS = 10_240;

/** How far our clock may be ahead of AWS's, by which the fence falls: until then an ended task stays named; seconds. */
const CLOCK_MARGIN_SECONDS = 300;

export interface RevocationPolicy {
  /** The whole text of `valetkey-revocations`, or nothing where there is nothing to revoke. */
  readonly text: string | undefined;
  readonly revoked: number;
  /** The list did not fit: every session issued so far is denied, live ones too. Fails closed, and loudly. */
  readonly overflowed: boolean;
}

/**
 * The policy that denies every ended task of a role, rendered as a whole from the record.
 * `*:path.*` names the task and all its descendants by `aws:userid` (design.md, sections 7 and 8).
 * @param nowSeconds epoch seconds.
 */
export function renderRevocations(entries: readonly RoleEntry[], nowSeconds: number): RevocationPolicy {
  const ended = entries
    .filter((entry) => entry.endedAt !== undefined && nowSeconds <= entry.fenceAt + CLOCK_MARGIN_SECONDS)
    .map((entry) => `*:${entry.path}*`)
    .sort();
  if (ended.length === 0) return { text: undefined, revoked: 0, overflowed: false };
  const text = deny({ StringLike: { "aws:userid": ended } });
  if (text.length <= INLINE_POLICY_CHARACTERS) return { text, revoked: ended.length, overflowed: false };
  const everything = deny({ DateLessThan: { "aws:TokenIssueTime": new Date(nowSeconds * 1_000).toISOString() } });
  return { text: everything, revoked: ended.length, overflowed: true };
}

const deny = (condition: unknown): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: "*", Resource: "*", Condition: condition }],
  });
