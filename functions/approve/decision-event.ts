import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import { EMPTY_CHAIN, type EventType, type Facts, type JournalEvent, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { rootPath } from "../core/task-path.ts";

/** Makes the event of a person's decision, in a chain of its own. The task's chain grows with the task's record, which this function may not write. */
export const decisionEvent = (
  type: Extract<EventType, `approval.${string}`>,
  { agent, task }: ApprovalRecord,
  { clock, random }: Pick<Ports, "clock" | "random">,
  facts: Facts,
): JournalEvent =>
  linkEvent(EMPTY_CHAIN, rootPath(random.bytes(32)), type, clock.nowMs(), { agent: agent.id, task, ...facts });
