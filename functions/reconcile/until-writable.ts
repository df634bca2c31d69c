import type { JournalEvent } from "../core/journal/event.ts";
import type { Clock } from "../core/ports.ts";
import type { PolicyWrites } from "../core/revocation/policy-writes.ts";
import type { RoleRef } from "../core/revocation/roles.ts";

/** Shortest time between two writes of one role's policy; milliseconds. IAM accepts few writes a second, and an account has many roles. */
export const WRITE_GAP_MS = 500;

export interface WritePause {
  readonly policyWrites: Pick<PolicyWrites, "last">;
  readonly clock: Clock;
  pause(ms: number): Promise<void>;
}

/**
 * Resolves when the role's policy may be written again: at most twice a second, whoever wrote it before. Tasks that end meanwhile go into the
 * same write, so the pause delays no revocation by more than the gap.
 * @returns event of the last recorded write; undefined where there was none.
 */
export async function untilWritable(
  role: RoleRef,
  { policyWrites, clock, pause }: WritePause,
): Promise<JournalEvent | undefined> {
  const nowMs = clock.nowMs();
  const last = await policyWrites.last(role);
  const lastAtMs = last?.at ?? Number.NEGATIVE_INFINITY;
  // The last writer's clock may be ahead. The write must not wait longer than the gap for that.
  const waitMs = Math.min(lastAtMs + WRITE_GAP_MS - nowMs, WRITE_GAP_MS);
  if (waitMs > 0) await pause(waitMs);
  return last;
}
