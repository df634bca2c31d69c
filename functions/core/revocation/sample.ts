import type { Deployment } from "../deployment/deployment.ts";
import type { Random } from "../ports.ts";
import { taskPath } from "../tasks/path.ts";
import type { Watched } from "./observation.ts";
import type { RoleRef } from "./role-ref.ts";

/** An ending, as the journal tells it. */
export interface Ended extends Omit<Watched, "account" | "role"> {
  readonly by: string;
  readonly status: string;
  readonly roles: readonly RoleRef[];
}

/**
 * Which of the endings a probe is to watch: those that somebody asked for, and a share of the others. Of each role one at most, and rather one that was
 * asked for: what ended together is denied by one and the same policy, and so a flood of endings is no flood of probes.
 * By chance, which neither an agent nor its task's path can know.
 */
export function sampleOf(
  endings: readonly Ended[],
  { receipts: { sample, probed } }: Pick<Deployment, "receipts">,
  random: Random,
): readonly Watched[] {
  const rated = endings.flatMap((ending) =>
    isAskedFor(ending) ? [{ ending, isAsked: true }] : chance(random) < sample ? [{ ending, isAsked: false }] : [],
  );
  const byRole = new Map<string, Watched>();
  for (const { ending } of [...rated.filter(({ isAsked }) => isAsked), ...rated.filter(({ isAsked }) => !isAsked)]) {
    const { path, agent, endedAtMs } = ending;
    for (const { account, role } of ending.roles) {
      const name = `${account}/${role}`;
      if (probed.includes(account) && !byRole.has(name)) byRole.set(name, { path, account, role, agent, endedAtMs });
    }
  }
  return [...byRole.values()];
}

/** By an operator, a publisher or the check of agents: not by its holder, its deadline, or with the task above it. */
const isAskedFor = ({ status, by, agent }: Ended): boolean =>
  status === "revoked" && by !== agent && taskPath(by) === undefined;

/** From 0 to 1, and never 1. */
const chance = (random: Random): number => Buffer.from(random.bytes(4)).readUInt32BE() / 2 ** 32;
