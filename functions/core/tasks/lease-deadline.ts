import type { LeaseTerms } from "../connectors/connector.ts";
import { Refusal } from "../refusal.ts";
import type { Task } from "./task.ts";

/**
 * Until when a credential of the task may live: I4, never beyond the task's deadline nor what policy lets it live. Epoch seconds.
 * @throws {Refusal} policy_denied where that has passed: policy may have shortened it since the task was opened. contended where only the hour has
 * passed in which policy decided: it has to be asked again.
 */
export function leaseDeadline(
  task: Pick<Task, "openedAt" | "expiresAt">,
  { obligations, hourEndsAt = Number.POSITIVE_INFINITY }: LeaseTerms,
  nowSeconds: number,
): number {
  const ttl = obligations.maxTtlSeconds ?? Number.POSITIVE_INFINITY;
  const deadline = Math.min(task.expiresAt, task.openedAt + ttl);
  if (deadline <= nowSeconds) throw new Refusal("policy_denied", { why: "@maxTtl or the deadline has passed" });
  if (hourEndsAt <= nowSeconds) throw new Refusal("contended", { say: HOUR_OVER, retryAfterSeconds: 1 });
  return Math.min(deadline, hourEndsAt);
}

const HOUR_OVER = "Policy depends on the time of day, and the hour has passed in which it decided.";
