import { reasonOf } from "../core/refusal.ts";
import { taskPath } from "../core/tasks/path.ts";
import type { LeaseRef } from "../core/tasks/release.ts";
import { type ReleasePorts, release } from "./release.ts";

/** What SQS hands over. */
export interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Messages that are to be tried again. */
export interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Every credential of the batch, one after the other. One that still stands does not keep the others: there is no order among them. */
export async function releaseBatch(event: QueueEvent, ports: ReleasePorts): Promise<QueueAnswer> {
  const failed: string[] = [];
  for (const { messageId, body } of event.Records) {
    const lease = parseLease(body);
    if (!lease) {
      ports.log.write({ level: "error", event: "release_refused", why: "a message that names no lease" });
      continue;
    }
    try {
      if (!(await release(lease, ports))) failed.push(messageId);
    } catch (error) {
      ports.log.write({
        level: "error",
        event: "release_failed",
        task: lease.path,
        lease: lease.name,
        why: reasonOf(error),
      });
      failed.push(messageId);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

const NAME = /^[a-z]{1,20}-\d{1,2}$/;

function parseLease(body: string): LeaseRef | undefined {
  const message: unknown = safeJson(body);
  const { path, name } = (typeof message === "object" && message !== null ? message : {}) as Record<string, unknown>;
  const known = typeof path === "string" ? taskPath(path) : undefined;
  return known !== undefined && typeof name === "string" && NAME.test(name) ? { path: known, name } : undefined;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
