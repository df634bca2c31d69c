import { isApprovalId } from "../../contract/approval-id.ts";
import { deciderInWords } from "../../contract/decision/decider-in-words.ts";
import type { Unread } from "../../contract/operation.ts";
import type { ApprovalAnswer, RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { WaitingTask } from "../../contract/token.ts";
import { recordOf } from "./fields.ts";
import type { Approval, NeededVotes } from "./held-task.ts";

/** Pause between two polls where the answer names none (RFC 8628, section 3.5); seconds. */
const INTERVAL_SECONDS = 5;

/**
 * Parses the approval in an answer of the service; undefined where the answer has none, or an incomplete one.
 * @param aheadMs lead of this machine's clock over the service's.
 */
export function approvalOf(body: Unread<WaitingTask | RefusalAnswer>, aheadMs = 0): Approval | undefined {
  const { id, needed, expires_at, url } = recordOf<ApprovalAnswer>(
    recordOf<WaitingTask["task"]>(body.task).approval ?? body.approval,
  );
  const endsAtMs = Date.parse(String(expires_at));
  if (!isApprovalId(id) || !Array.isArray(needed) || typeof url !== "string" || !Number.isFinite(endsAtMs))
    return undefined;
  const interval = typeof body.interval === "number" && body.interval > 0 ? body.interval : INTERVAL_SECONDS;
  return { id, needed: needed.map(votesOf), expiresAtMs: endsAtMs + aheadMs, url, intervalSeconds: interval };
}

function votesOf(value: unknown): NeededVotes {
  const { group, count, have } = recordOf<ApprovalAnswer["needed"][number]>(value);
  return { group: String(group), count: Number(count) || 1, have: Number(have) || 0 };
}

/** Describes for whom the request waits, or that only the key is missing. @example "sre (1 of 2) and security" */
export const waitingFor = ({ needed }: Pick<Approval, "needed">): string =>
  needed
    .filter(({ count, have }) => have < count)
    .map(({ group, count, have }) => (count === 1 ? deciderInWords(group) : `${group} (${have} of ${count})`))
    .join(" and ") || "its key, which people have approved";

/** Writes who decided against a request, when and why. @example againstInWords(decided) // 'by staff|bob at 2026-11-25T10:47:00Z: "not during the freeze"' */
export const againstInWords = ({ by = "a person", at, reason }: Against): string =>
  `by ${by} at ${at}${reason === undefined ? "" : `: ${JSON.stringify(reason)}`}`;

/** Describes a live task's status. For one that asked people, describes the request for approval, and who decided against it. */
export function statusInWords(status: string, approval: AskedApproval | undefined): string {
  if (status !== "pending_approval" || !approval) return status;
  const { id, state, decided } = approval;
  if (state === "pending") return `waits: approval ${id}`;
  if (state === "approved") return `approved, key not fetched: approval ${id}`;
  return `${state}${decided === undefined ? "" : ` ${againstInWords(decided)}`}: approval ${id}`;
}

interface AskedApproval {
  readonly id: string;
  readonly state: string;
  readonly decided?: Against;
}

interface Against {
  readonly by?: string;
  readonly at: string;
  readonly reason?: string;
}
