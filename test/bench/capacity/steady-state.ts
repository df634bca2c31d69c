import { agentId } from "../../../contract/agent-id.ts";
import { FENCE_SECONDS } from "../../../contract/limits.ts";
import type { RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import { rootPath } from "../../../functions/core/task-path.ts";

/**
 * Age of the oldest entry that is read of a role; seconds. Older sessions are past the latest fence and every margin.
 */
const HISTORY_SECONDS = 3_600;

/**
 * Makes the record of one role in a steady state: `alive` tasks, with as many endings each second as openings. Each
 * task has one session. The fence is 15 minutes after the opening, and moves while the task lives.
 */
export function steadyState(alive: number, lifeSeconds: number, nowSeconds: number): readonly RoleEntry[] {
  const betweenSeconds = lifeSeconds / alive;
  const count = Math.ceil(HISTORY_SECONDS / betweenSeconds);
  return Array.from({ length: count }, (_, index) => {
    const openedAt = Math.ceil(nowSeconds - index * betweenSeconds);
    const endedAt = openedAt + lifeSeconds;
    const fences = Math.max(1, Math.ceil(lifeSeconds / FENCE_SECONDS));
    return {
      path: rootPath(crypto.getRandomValues(new Uint8Array(32))),
      agent: agentId(`agent-${index % 20}`),
      openedAt,
      // While the task lives, its session is renewed at each fence.
      startedAt: openedAt + (fences - 1) * FENCE_SECONDS,
      fenceAt: openedAt + fences * FENCE_SECONDS,
      ...(endedAt <= nowSeconds ? { endedAt } : {}),
    };
  });
}

/** Finds the largest number that fulfils a condition, which every smaller number fulfils too. */
export function largest(holds: (count: number) => boolean): number {
  let [good, bad] = [0, 1];
  while (holds(bad)) [good, bad] = [bad, bad * 2];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
