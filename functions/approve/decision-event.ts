import type { FactsOf } from "../../contract/journal-events.ts";
import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import { EMPTY_CHAIN, type JournalEvent, type Listed, nextEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { rootPath } from "../core/task-path.ts";

/** Makes the event of a person's decision, in a chain of its own. The task's chain grows with the task's record, which this function may not write. */
export const decisionEvent = <T extends Decided, F extends FactsOf<T>>(
  type: T,
  { clock, random }: Pick<Ports, "clock" | "random">,
  facts: F & Listed<F, T>,
): JournalEvent => nextEvent(EMPTY_CHAIN, rootPath(random.bytes(32)), type, clock.nowMs(), facts);

type Decided = "approval.voted" | "approval.denied" | "approval.withdrawn";

/** Names the request in a decision's facts. */
export const decidedFacts = ({ agent, task, id }: ApprovalRecord, by: string, hash: string) => ({
  agent: agent.id,
  task,
  by,
  approval: id,
  record_sha256: hash,
});
