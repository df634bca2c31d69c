import { type SweepPorts, sweep } from "../../functions/sweep/sweep.ts";
import { FakeTasks } from "../../test/fakes/fake-tasks.ts";
import { fakeWorld } from "../../test/fakes/fake-world.ts";

export interface SweepLooks {
  /** How often one task is read. */
  readonly reads: number;
  /** How often its timer is listed. */
  readonly listings: number;
  /** How many minutes' lists one sweep asks for. */
  readonly minutesOfASweep: number;
}

/** How often the minute's sweep looks at one task that ended long before its deadline: counted on the sweep itself, minute by minute. */
export async function looksOfTheSweep(): Promise<SweepLooks> {
  const counted = { reads: 0, listings: 0, minutes: 0 };
  let minute = 1_000_000;
  const dueAt = minute + 20;
  const tasks = new FakeTasks();
  tasks.due = async (asked) => {
    counted.minutes += 1;
    if (asked !== dueAt) return [];
    counted.listings += 1;
    return ["aaaaaaaaaaaa." as never];
  };
  tasks.read = async () => {
    counted.reads += 1;
    return undefined;
  };
  const ports: SweepPorts = {
    deployment: { accounts: [] },
    tasks,
    queue: { send: async () => undefined },
    clock: { nowMs: () => minute * 60_000 },
    log: fakeWorld().ports.log,
  };
  const from = minute;
  for (; minute < dueAt + 60; minute += 1) await sweep(ports);
  return { reads: counted.reads, listings: counted.listings, minutesOfASweep: counted.minutes / (minute - from) };
}
