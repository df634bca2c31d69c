import type { AgentId } from "../../../contract/agent-id.ts";
import type { Deployment } from "../deployment/deployment.ts";
import type { Random } from "../random.ts";
import { taskPath } from "../task-path.ts";
import type { Watched } from "./observation.ts";
import type { RoleRef } from "./roles.ts";

/** Ending of a task, read from its journal event. */
export interface Ended extends Pick<Watched, "path" | "endedAtMs"> {
  /** `""` where the event names none: no probe observes the ending. */
  readonly agent: AgentId | "";
  readonly by: string;
  readonly status: string;
  readonly roles: readonly RoleRef[];
}

/**
 * Chooses the endings that a probe observes: every requested one, and a random share of the others. At most one in each
 * role, a requested one first. One policy denies all that ended together, and a flood of endings must not become a
 * flood of probes.
 * Neither an agent nor a task's path can predict the choice.
 */
export function sampleOf(
  endings: readonly Ended[],
  { receipts: { sample, probed } }: Pick<Deployment, "receipts">,
  random: Random,
): readonly Watched[] {
  const rated = endings.flatMap((ending) =>
    isRequested(ending) ? [{ ending, requested: true }] : chance(random) < sample ? [{ ending, requested: false }] : [],
  );
  const byRole = new Map<string, Watched>();
  for (const { ending } of [
    ...rated.filter(({ requested }) => requested),
    ...rated.filter(({ requested }) => !requested),
  ]) {
    const { path, agent, endedAtMs } = ending;
    if (agent === "") continue;
    for (const { account, role } of ending.roles) {
      const name = `${account}/${role}`;
      if (probed.includes(account) && !byRole.has(name)) byRole.set(name, { path, account, role, agent, endedAtMs });
    }
  }
  return [...byRole.values()];
}

/**
 * True where an operator, a bus publisher or the check of agents ended the task. Endings by its holder, its deadline,
 * or the task above do not count.
 */
const isRequested = ({ status, by, agent }: Ended): boolean =>
  status === "revoked" && by !== agent && taskPath(by) === undefined;

/** Returns a random number from 0 to below 1. */
const chance = (random: Random): number => Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32;
