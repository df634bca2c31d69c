import type { ApprovalId } from "../../contract/approval-id.ts";
import { type ApprovalRecord, recordHash } from "../core/approvals/approval-record.ts";
import { nextUse, standsUntil } from "../core/approvals/standing-uses.ts";
import type { ApprovalUse, CastVotes } from "../core/approvals/stored-approval.ts";
import { isLive as isLiveTask } from "../core/tasks/task.ts";
import { type Assessment, type AssessNeeds, assessApproval } from "../steps/approvals/assess-approval.ts";
import type { CountedVote } from "../steps/approvals/verify-votes.ts";
import type { ApprovePorts } from "./approve-ports.ts";

/** Request for approval, with its votes and its present state. */
export interface Examined extends Assessment {
  readonly record: ApprovalRecord;
  readonly hash: string;
  /** Votes and outcome as they are stored. */
  readonly cast: CastVotes;
  /** Verified votes that the offboarding of their person has made void. Empty where no further use counts votes. */
  readonly voidVotes: readonly CountedVote[];
  /** Number of the latest use; 0 before the first one. */
  readonly used: number;
  /** Use by which a person broke the glass. */
  readonly glass?: ApprovalUse;
  readonly isReviewed: boolean;
  /** Author of the ending of the task that asked; absent while it lives. */
  readonly endedBy?: string;
  /** Task of the latest use. */
  readonly task?: { readonly id: string; readonly isLive: boolean };
}

/**
 * Reads a request, and assesses it by the tokens of its votes: other stored fields prove nothing.
 * @returns undefined where there is no such request, or its record cannot be read.
 * @throws {Refusal} store_unavailable.
 */
export async function examineApproval(
  id: ApprovalId,
  ports: AssessNeeds & Pick<ApprovePorts, "ballots" | "tasks">,
): Promise<Examined | undefined> {
  const [stored, cast] = await Promise.all([ports.ballots.read(id), ports.ballots.readVotes(id)]);
  const { record } = stored;
  if (!record) return undefined;
  const hash = recordHash(record);
  const task = await ports.tasks.read(record.task as Parameters<typeof ports.tasks.read>[0]);
  const used = Math.max(0, ...stored.uses.map(({ n }) => n));
  const [isUsed, isVoid] = [used > 0, stored.void !== undefined];
  const standing = nextUse(stored) === undefined ? {} : { standsUntil: standsUntil(record) ?? 0 };
  // The first use counts the votes, and so does each further use of a standing approval.
  const isCounted = !isUsed || "standsUntil" in standing;
  const voidVotes: CountedVote[] = [];
  const unvoided = async (votes: readonly CountedVote[]): Promise<readonly CountedVote[]> => {
    const areVoid = await Promise.all(votes.map((vote) => isCounted && ports.ballots.isVoid(vote)));
    voidVotes.push(...votes.filter((_, nth) => areVoid[nth]));
    return votes.filter((_, nth) => !areVoid[nth]);
  };
  const request = { record, hash, cast, isUsed, isVoid, task, ...standing };
  const assessed = await assessApproval(request, ports, unvoided);
  const glass = stored.uses.find((use) => use.glass);
  const isReviewed = stored.review !== undefined;
  const latest = stored.uses.find(({ n }) => n === used)?.task;
  const usedBy = latest === record.task ? task : latest && (await ports.tasks.read(latest));
  const isLive = usedBy !== undefined && isLiveTask(usedBy, ports.clock.nowMs() / 1_000);
  return {
    record,
    hash,
    cast,
    voidVotes,
    used,
    isReviewed,
    ...(glass ? { glass } : {}),
    ...(task?.endedBy === undefined ? {} : { endedBy: task.endedBy }),
    ...(latest ? { task: { id: latest, isLive } } : {}),
    ...assessed,
  };
}
