import type { Clock } from "../core/ports.ts";
import type { PolicyWrite, PolicyWrites } from "../core/revocation/policy-writes.ts";
import type { RoleRef } from "../core/revocation/role-ref.ts";

/** Shortest time between two writes of one role's policy; milliseconds. IAM accepts few writes a second, and an account has many roles. */
export const WRITE_GAP_MS = 500;

/** Upper bound on the age of a write that IAM may not show to readers yet; milliseconds. A slower write has itself waited longer than the gap. */
const LOOK_BACK_MS = 6_000;

export interface WritePause {
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly clock: Clock;
  pause(ms: number): Promise<void>;
}

/**
 * Resolves when the role's policy may be written again: at most twice a second, whoever wrote it before. Tasks that end meanwhile go into the
 * same write, so the pause delays no revocation by more than the gap.
 * @returns last recorded write; undefined where there was none lately.
 */
export async function untilWritable(
  role: RoleRef,
  { policyWrites, clock, pause }: WritePause,
): Promise<PolicyWrite | undefined> {
  const nowMs = clock.nowMs();
  const writes = await policyWrites.after(role, nowMs - LOOK_BACK_MS, (2 * LOOK_BACK_MS) / WRITE_GAP_MS);
  const [last] = writes.toSorted((a, b) => b.writtenAtMs - a.writtenAtMs);
  const lastAtMs = last?.writtenAtMs ?? Number.NEGATIVE_INFINITY;
  // The last writer's clock may be ahead: it must not delay this write by more than the gap.
  const waitMs = Math.min(lastAtMs + WRITE_GAP_MS - nowMs, WRITE_GAP_MS);
  if (waitMs > 0) await pause(waitMs);
  return last;
}
