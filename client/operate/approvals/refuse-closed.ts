import { visibleText } from "../../../contract/decision/visible-text.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { shellWord } from "../../shell-quoting.ts";
import { againstInWords } from "../../task/approval.ts";
import { instantOf } from "../print/instant-of.ts";

type Approval = Pick<
  ReadAnswer<"GET /v1/approvals/{approval}">,
  "status" | "outcome" | "ended_by" | "needed" | "task" | "standing"
> & { readonly record: { readonly expires_at?: unknown } };

/** Outcomes of a request on which nobody can vote any more, by its state. The hub's own sentences about them advise agents. */
const CLOSED: Readonly<Record<string, (approval: Approval, id: string) => string>> = {
  denied: ({ outcome }) => `is denied${against(outcome)}`,
  withdrawn: ({ outcome }) => `is withdrawn${against(outcome)}`,
  expired: ({ needed, record }) =>
    needed.every(({ count, have }) => have >= count)
      ? "was approved, and the agent did not fetch its key in time"
      : `expired at ${instantOf(Number(record.expires_at))}, undecided`,
  cancelled: ({ ended_by: by }) => `is cancelled: its task has ended${by === undefined ? "" : `, by ${by}`}`,
  void: () => "is void: what the agent would get has changed since, so it has to make a new one",
  used: ({ task }) => `is used: ${endingOf(task)}`,
  standing: (approval, id) =>
    `is approved, and has uses left. To stop them: ${ownCommand()} approvals deny ${id} --reason "…"; ${endingOf(approval.task)}`,
};

/**
 * Refuses an act on a request that nobody can decide about any more, in words for approvers. Does nothing for one that is open.
 * @throws {ClientError} refused.
 */
export function refuseClosed(id: string, approval: Approval, event = `approval_${approval.status}`): void {
  if (!Object.hasOwn(CLOSED, approval.status)) return;
  const { status } = approval;
  const rest = status === "used" || status === "standing" ? "" : "; nothing is left to decide";
  throw new ClientError("refused", event, visibleText(`request ${id} ${CLOSED[status]?.(approval, id)}${rest}`));
}

const against = (outcome: Approval["outcome"]): string => (outcome === undefined ? "" : `, ${againstInWords(outcome)}`);

const endingOf = (task: Approval["task"]): string =>
  task?.live
    ? `the agent has its key. To revoke it, end the task: ${ownCommand()} revoke ${shellWord(task.id)}`
    : "the task that had its key has ended, and the key with it";
