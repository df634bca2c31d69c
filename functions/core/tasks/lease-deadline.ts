import type { Obligations } from "../policy/obligations.ts";
import { Refusal } from "../refusal.ts";
import type { Task } from "./task.ts";

/**
 * Until when a credential of the task may live: I4, never beyond the task's deadline nor what policy lets it live. Epoch seconds.
 * @throws {Refusal} policy_denied where that has passed: policy may have shortened it since the task was opened.
 */
export function leaseDeadline(
  task: Pick<Task, "openedAt" | "expiresAt">,
  { obligations, endsWithTheHour }: { readonly obligations: Obligations; readonly endsWithTheHour: boolean },
  nowSeconds: number,
): number {
  const ttl = obligations.maxTtlSeconds ?? Number.POSITIVE_INFINITY;
  const hour = endsWithTheHour ? (Math.floor(nowSeconds / 3_600) + 1) * 3_600 : Number.POSITIVE_INFINITY;
  const deadline = Math.min(task.expiresAt, task.openedAt + ttl, hour);
  if (deadline <= nowSeconds) throw new Refusal("policy_denied", { why: "@maxTtl or the deadline has passed" });
  return deadline;
}
