import { reasonOf } from "../core/refusal.ts";
import { taskPath } from "../core/task-path.ts";
import type { DueMessages, LeaseRef } from "../core/tasks/pending-revocation.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import { type BatchAnswer, failedMessages, type QueueBatch, type QueueMessage } from "../queues/batch.ts";
import { type PendingOutcome, type RevokePendingPorts, revokePending } from "./revoke-pending.ts";

export interface RevokePendingBatchPorts extends RevokePendingPorts {
  readonly dueMessages: DueMessages;
}

/** Revokes the credentials of the batch, one after the other. A credential that cannot be revoked does not block the others: they have no order. */
export async function revokePendingBatch(event: QueueBatch, ports: RevokePendingBatchPorts): Promise<BatchAnswer> {
  const failed: QueueMessage[] = [];
  for (const record of event.Records) {
    const lease = parseLease(record.body);
    if (!lease) {
      ports.log.write({ level: "error", event: "lease_revocation_refused", why: "a message that names no lease" });
      continue;
    }
    try {
      if (await mustComeAgain(record, await revokePending(lease, ports), ports)) failed.push(record);
    } catch (error) {
      ports.log.write({
        level: "error",
        event: "lease_revocation_failed",
        task: lease.path,
        lease: lease.name,
        why: reasonOf(error),
      });
      failed.push(record);
    }
  }
  return failedMessages(failed);
}

/**
 * Returns true where the queue must deliver the message again. An early message of a deadline is delivered again at its time. If a deadline's credential
 * could not be revoked, the sweep retries it. Only one queue repeats attempts, with one message of a task at a time.
 */
async function mustComeAgain(
  { receiptHandle, eventSourceARN }: QueueMessage,
  outcome: PendingOutcome,
  { dueMessages, clock }: RevokePendingBatchPorts,
): Promise<boolean> {
  const isOfDeadline = dueMessages.isFrom(eventSourceARN);
  if (outcome === "done") return false;
  if (outcome === "not_revoked") return !isOfDeadline;
  if (isOfDeadline) await dueMessages.postpone(receiptHandle, outcome.notBefore - clock.nowMs() / 1_000);
  return isOfDeadline;
}

const NAME = /^[a-z]{1,20}-\d{1,2}$/;

function parseLease(body: string): LeaseRef | undefined {
  const { path, name } = jsonFields(body);
  const known = typeof path === "string" ? taskPath(path) : undefined;
  return known !== undefined && typeof name === "string" && NAME.test(name) ? { path: known, name } : undefined;
}
