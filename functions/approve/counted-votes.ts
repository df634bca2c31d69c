import { createHash } from "node:crypto";
import type { ApprovalUse, CastVotes } from "../core/approvals/stored-approval.ts";

/** Selects the votes by which an approval was used. Other stored votes may never have counted. */
export const countedVotes = (
  { votes }: CastVotes,
  use: Pick<ApprovalUse, "votes"> | undefined,
): readonly CastVotes["votes"][number][] => votes.filter(({ token }) => use?.votes.includes(hashOf(token)));

const hashOf = (token: string): string => createHash("sha256").update(token).digest("base64url");
