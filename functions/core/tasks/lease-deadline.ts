import { OBLIGATIONS, type Obligations } from "../policy/obligations.ts";
import { Refusal } from "../refusal.ts";
import type { Task } from "./task.ts";

/** Terms on which policy permits a lease. */
export interface LeaseTerms {
  readonly obligations: Obligations;
  /** End of the hour in which policy decided, where some policy depends on the time of day; epoch seconds. */
  readonly hourEndsAt?: number;
}

/**
 * Computes the deadline of a task's credential, epoch seconds. I4: never later than the task's deadline, or than the
 * lifetime that policy permits.
 * @throws {Refusal} policy_denied where the deadline has passed, since policy may have shortened it after the opening;
 * contended where only the hour of policy's decision has passed, so that policy must decide again.
 */
export function leaseDeadline(
  task: Pick<Task, "openedAt" | "expiresAt">,
  { obligations, hourEndsAt = Number.POSITIVE_INFINITY }: LeaseTerms,
  nowSeconds: number,
): number {
  const ttl = OBLIGATIONS.maxTtlSeconds.keep(obligations, Number.POSITIVE_INFINITY);
  const deadline = Math.min(task.expiresAt, task.openedAt + ttl);
  if (deadline <= nowSeconds) throw new Refusal("policy_denied", { why: "@maxTtl or the deadline has passed" });
  if (hourEndsAt <= nowSeconds) throw new Refusal("contended", { say: HOUR_OVER, retryAfterSeconds: 1 });
  return Math.min(deadline, hourEndsAt);
}

const HOUR_OVER = "Policy depends on the time of day, and the hour has passed in which it decided.";
