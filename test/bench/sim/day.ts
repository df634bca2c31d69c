import { agentId } from "../../../contract/agent-id.ts";
import { FENCE_SECONDS, TASK_SECONDS } from "../../../contract/limits.ts";
import { renderRevocations } from "../../../functions/core/revocation/render.ts";
import { mayBeAlive, type RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import { isEnough } from "../../../functions/core/revocation/roles.ts";
import { poolIndex, rootPath } from "../../../functions/core/task-path.ts";
import { dueMinute } from "../../../functions/core/tasks/task.ts";
import { Chance } from "./chance.ts";
import type { SimOptions } from "./options.ts";

const STEP_SECONDS = 60;
/** Age at which a client renews: half of a fence's life. */
const RENEW_SECONDS = FENCE_SECONDS / 2;
/** Most policy writes of one role in a second, since one function at a time writes them. */
const MOST_WRITES_A_SECOND = 2;
/** Endings of the sweep in a second, measured on a loaded machine with the embedded table: 3.2 ms of CPU time each. */
const SWEPT_A_SECOND = 300;
export const AGENTS = 20;

/** Minute of the day. Figures are for the whole account, unless stated otherwise. */
export interface Minute {
  readonly atSeconds: number;
  readonly alive: number;
  readonly beganASecond: number;
  /** STS calls in the busiest second. */
  readonly stsASecond: number;
  /** Policy writes of the busiest role in its busiest second. */
  readonly writesASecond: number;
  /** Characters of the fullest role's policy. */
  readonly characters: number;
  /** Roles whose policy does not fit, so that it would deny live sessions too. */
  readonly overflowing: number;
  /** Seconds from the last due deadline to its end. */
  readonly sweepLagSeconds: number;
}

interface SimTask {
  readonly entry: RoleEntry & { endedAt?: number; startedAt: number; fenceAt: number };
  readonly endsAt: number;
}

/**
 * Simulates every second of a day, in which tasks begin, renew and end. In each minute, the deployed code renders every
 * role's policy.
 * @param hours part of the day to simulate.
 */
export function simulateDay(
  options: SimOptions,
  say: (share: number) => void,
  hours: { readonly from: number; readonly to: number } = { from: 0, to: 24 },
): readonly Minute[] {
  const [from, to] = [hours.from * 3_600, hours.to * 3_600];
  const chance = new Chance(options.seed);
  const roles = Array.from({ length: options.roles }, () => new Set<SimTask>());
  const endings = new Map<number, SimTask[]>();
  const renewals = new Map<number, SimTask[]>();
  const minutes: Minute[] = [];
  let busiest = { sts: 0, writes: 0, began: 0, due: 0 };
  let alive = 0;
  for (let second = from; second < to; second += 1) {
    const began = chance.count(rateAt(second, options));
    for (let index = 0; index < began; index += 1) begin(second);
    const renewed = (renewals.get(second) ?? []).filter(({ entry }) => entry.endedAt === undefined);
    renewals.delete(second);
    for (const task of renewed) renew(task, second);
    const ended = endings.get(second) ?? [];
    endings.delete(second);
    const writes = new Map<number, number>();
    for (const { entry } of ended) {
      entry.endedAt = second;
      alive -= 1;
      const role = poolIndex(entry.path, options.roles);
      writes.set(role, Math.min(MOST_WRITES_A_SECOND, (writes.get(role) ?? 0) + 1));
    }
    busiest = {
      sts: Math.max(busiest.sts, began + renewed.length),
      writes: Math.max(busiest.writes, ...writes.values()),
      began: busiest.began + began,
      due: busiest.due,
    };
    if ((second + 1) % STEP_SECONDS === 0) closeMinute(second);
  }
  return minutes;

  function begin(second: number): void {
    const path = rootPath(chance.bytes(32));
    const life = chance.life(options.lifeSeconds, TASK_SECONDS.most);
    const isForgotten = chance.next() < options.forgotten;
    // A forgotten task ends in the minute after its deadline.
    const endsAt = isForgotten ? dueMinute(second + life) * 60 : second + life;
    const agent = agentId(`agent-${Math.floor(chance.next() * AGENTS)}`);
    const entry = { path, agent, openedAt: second, startedAt: second, fenceAt: second + FENCE_SECONDS };
    const task = { entry, endsAt };
    roles[poolIndex(path, options.roles)]?.add(task);
    endings.set(endsAt, [...(endings.get(endsAt) ?? []), task]);
    if (life > RENEW_SECONDS)
      renewals.set(second + RENEW_SECONDS, [...(renewals.get(second + RENEW_SECONDS) ?? []), task]);
    if (isForgotten) busiest.due += 1;
    alive += 1;
  }

  function renew({ entry, endsAt }: SimTask, second: number): void {
    entry.startedAt = second;
    entry.fenceAt = second + FENCE_SECONDS;
    const next = second + RENEW_SECONDS;
    if (next < endsAt) renewals.set(next, [...(renewals.get(next) ?? []), { entry, endsAt }]);
  }

  function closeMinute(second: number): void {
    let [characters, overflowing] = [0, 0];
    for (const role of roles) {
      for (const task of role) if (!mayBeAlive(task.entry, second)) role.delete(task);
      const entries = [...role].map(({ entry }) => entry);
      // The snapshot is the reconciler's, without older endings, which do not change a policy that is no list.
      const ended = entries.flatMap((entry) =>
        entry.endedAt === undefined ? [] : [{ ...entry, endedAt: entry.endedAt }],
      );
      const isWhole = !isEnough(
        ended.sort((a, b) => b.endedAt - a.endedAt),
        second,
      );
      const { text = "", form } = renderRevocations({ entries, isWhole }, second);
      characters = Math.max(characters, text.length);
      overflowing += form === "everything" ? 1 : 0;
    }
    minutes.push({
      atSeconds: second + 1,
      alive,
      beganASecond: busiest.began / STEP_SECONDS,
      stsASecond: busiest.sts,
      writesASecond: busiest.writes,
      characters,
      overflowing,
      sweepLagSeconds: busiest.due / SWEPT_A_SECOND,
    });
    busiest = { sts: 0, writes: 0, began: 0, due: 0 };
    say((second + 1 - from) / (to - from));
  }
}

/**
 * Computes the tasks a second at a time of day, from the requested average. The night is quiet, and the peak is at
 * 14:00.
 */
export function rateAt(second: number, { rate, peak }: Pick<SimOptions, "rate" | "peak">): number {
  const wave = (1 + Math.cos((2 * Math.PI * (second / 3_600 - 14)) / 24)) / 2;
  // The wave to this power has a mean of 1/peak, so its top is `peak` times the average.
  return rate * peak * wave ** powerFor(peak);
}

const powers = new Map<number, number>();

/** Computes the power p at which the mean of ((1 + cos)/2)^p is 1/peak. */
function powerFor(peak: number): number {
  const known = powers.get(peak);
  if (known !== undefined) return known;
  let [low, high] = [0, 400];
  for (let round = 0; round < 40; round += 1) {
    const middle = (low + high) / 2;
    if (meanOfPower(middle) > 1 / peak) low = middle;
    else high = middle;
  }
  powers.set(peak, low);
  return low;
}

const meanOfPower = (power: number): number => {
  const parts = 288;
  let sum = 0;
  for (let part = 0; part < parts; part += 1) sum += ((1 + Math.cos((2 * Math.PI * part) / parts)) / 2) ** power;
  return sum / parts;
};
