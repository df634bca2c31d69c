import type { Clock } from "../core/ports.ts";
import type { PolicyWrite, PolicyWrites } from "../core/revocation/policy-writes.ts";
import type { RoleRef } from "../core/revocation/role-ref.ts";

/** Between two writes of one role's policy; milliseconds. IAM takes few writes, and an account has many roles. */
export const WRITE_GAP_MS = 500;

/** How far back a write can have begun that IAM may not show to whoever reads; milliseconds. One that took longer for itself has kept its own pace. */
const LOOK_BACK_MS = 6_000;

export interface WritePause {
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly clock: Clock;
  pause(ms: number): Promise<void>;
}

/**
 * Resolves when the role's policy may be written again: two times a second at most, whoever wrote it before. What ends meanwhile goes into the
 * same write, so that it costs no ending more than the gap.
 * @returns the last write that is recorded, if there was one lately.
 */
export async function untilWritable(
  role: RoleRef,
  { policyWrites, clock, pause }: WritePause,
): Promise<PolicyWrite | undefined> {
  const nowMs = clock.nowMs();
  const writes = await policyWrites.after(role, nowMs - LOOK_BACK_MS, (2 * LOOK_BACK_MS) / WRITE_GAP_MS);
  const [last] = writes.toSorted((a, b) => b.writtenAtMs - a.writtenAtMs);
  const lastAtMs = last?.writtenAtMs ?? Number.NEGATIVE_INFINITY;
  // A clock that runs ahead of ours must not stop the role for longer than the gap.
  const waitMs = Math.min(lastAtMs + WRITE_GAP_MS - nowMs, WRITE_GAP_MS);
  if (waitMs > 0) await pause(waitMs);
  return last;
}
