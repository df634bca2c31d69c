import { agentId } from "../../../contract/agent-id.ts";
import { FENCE_SECONDS, TASK_SECONDS } from "../../../contract/limits.ts";
import { renderRevocations } from "../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import { whole } from "../../../functions/core/revocation/roles.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import { Chance } from "./chance.ts";
import { AGENTS } from "./day.ts";
import type { SimOptions } from "./options.ts";

/** STS's quota for each account and Region; requests per second. An AssumeRole across accounts counts for the caller's account, the hub. */
export const STS_A_SECOND = 600;
/** Share of the quota for valetkey; the rest is for others in the hub's account. */
const STS_SHARE = 0.8;
const NOW_SECONDS = Date.UTC(2026, 10, 25, 14) / 1_000;
const HISTORY_SECONDS = 3_600;

/** Largest load of the account in its busiest hour, with the limit that it reaches. */
export interface LargestLoad {
  /** Openings per second in the busiest hour. */
  readonly tasksASecond: number;
  readonly by: "policy" | "sts";
  readonly next: string;
}

/** Finds the largest load: renders a role's policies in a steady state at higher and higher rates. */
export function largestLoad(options: SimOptions): LargestLoad {
  const fits = (perRole: number): boolean =>
    renderRevocations(whole(population(perRole, options)), NOW_SECONDS).form !== "everything";
  const bySts = (STS_A_SECOND * STS_SHARE) / callsOfATask(options.lifeSeconds);
  const limitedBySts: LargestLoad = {
    tasksASecond: bySts,
    by: "sts",
    next: "another hub, in another account or Region: STS's rate cannot be raised",
  };
  let [good, bad] = [0, 1 / 64];
  while (fits(bad)) {
    [good, bad] = [bad, bad * 2];
    if (good * options.roles > bySts) return limitedBySts;
  }
  for (let round = 0; round < 7; round += 1) {
    const middle = (good + bad) / 2;
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  const byPolicy = good * options.roles;
  if (byPolicy > bySts) return limitedBySts;
  const enough = Math.min(100, Math.ceil((options.roles * bySts) / byPolicy));
  return {
    tasksASecond: byPolicy,
    by: "policy",
    next: `more task roles: ${enough} carry ${Math.min(bySts, good * enough).toFixed(0)} tasks a second`,
  };
}

/** Computes the STS calls of a task: one, and one more for each half of a fence's life. */
const callsOfATask = (lifeSeconds: number): number => 1 + 1 / (Math.exp(FENCE_SECONDS / 2 / lifeSeconds) - 1);

/** Makes one role's record after an hour of openings at a rate. */
function population(rate: number, { lifeSeconds, seed }: SimOptions): readonly RoleEntry[] {
  const chance = new Chance(seed);
  const count = Math.round(rate * HISTORY_SECONDS);
  return Array.from({ length: count }, () => {
    const openedAt = Math.floor(NOW_SECONDS - chance.next() * HISTORY_SECONDS);
    const endedAt = openedAt + chance.life(lifeSeconds, TASK_SECONDS.most);
    const lastUseAt = Math.min(endedAt, NOW_SECONDS);
    const startedAt = openedAt + Math.floor((lastUseAt - openedAt) / (FENCE_SECONDS / 2)) * (FENCE_SECONDS / 2);
    return {
      path: rootPath(chance.bytes(32)),
      agent: agentId(`agent-${Math.floor(chance.next() * AGENTS)}`),
      openedAt,
      startedAt,
      fenceAt: startedAt + FENCE_SECONDS,
      ...(endedAt <= NOW_SECONDS ? { endedAt } : {}),
    };
  });
}
