import { type ApprovalRecord, recordHash } from "../core/approvals/approval-record.ts";
import type { CastVotes } from "../core/approvals/stored-approval.ts";
import { type Assessment, type AssessNeeds, assessApproval } from "../steps/approvals/assess-approval.ts";
import type { ApprovePorts } from "./approve-ports.ts";

/** Request for approval with everything that is known of it now. */
export interface Examined extends Assessment {
  readonly record: ApprovalRecord;
  readonly hash: string;
  /** Votes and outcome as they are stored. */
  readonly cast: CastVotes;
}

/**
 * Reads a request and assesses it: what is stored of its votes proves nothing.
 * @returns undefined where there is no such request, or its record cannot be read.
 * @throws {Refusal} store_unavailable.
 */
export async function examineApproval(
  id: string,
  ports: AssessNeeds & Pick<ApprovePorts, "ballots" | "tasks">,
): Promise<Examined | undefined> {
  const [stored, cast] = await Promise.all([ports.ballots.read(id), ports.ballots.readVotes(id)]);
  const { record } = stored;
  if (!record) return undefined;
  const hash = recordHash(record);
  const task = await ports.tasks.read(record.task as Parameters<typeof ports.tasks.read>[0]);
  const [isUsed, isVoid] = [stored.uses.length > 0, stored.void !== undefined];
  return { record, hash, cast, ...(await assessApproval({ record, hash, cast, isUsed, isVoid, task }, ports)) };
}
