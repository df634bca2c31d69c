import { FakeAgents } from "../../fakes/fake-agents.ts";
import { FakeTasks } from "../../fakes/fake-tasks.ts";
import { fakeWorld } from "../../fakes/fake-world.ts";
import type { Timer } from "../../functions/core/tasks/timers.ts";
import { type SweepPorts, sweep } from "../../functions/sweep/sweep.ts";

export interface SweepLooks {
  /** Reads of one task. */
  readonly reads: number;
  /** Listings of its timer. */
  readonly listings: number;
  /** Removals of its timer. */
  readonly removals: number;
  /** Minutes' lists that one sweep reads. */
  readonly minutesOfASweep: number;
}

/** Counts the sweep's work on one task that ended long before its deadline, by running the sweep minute by minute. */
export async function looksOfTheSweep(): Promise<SweepLooks> {
  const counted = { reads: 0, listings: 0, removals: 0, minutes: 0 };
  let minute = 1_000_000;
  const dueAt = minute + 20;
  const timer: Timer = { path: "aaaaaaaaaaaa." as never, minute: dueAt, tries: 0 };
  const tasks = new FakeTasks();
  tasks.swept = minute - 3;
  tasks.timers.set(dueAt, new Map([[timer.path, timer]]));
  tasks.before = (method) => {
    if (method === "due") counted.minutes += 1;
    if (method === "read") counted.reads += 1;
    if (method === "remove") counted.removals += 1;
  };
  const due = tasks.due.bind(tasks);
  tasks.due = async (asked) => {
    const listed = await due(asked);
    counted.listings += listed.length;
    return listed;
  };
  const { panics, locks, policyWrites, observations, heard, looked, log } = fakeWorld().ports;
  const ports: SweepPorts = {
    deployment: { accounts: [], recertification: null },
    agents: new FakeAgents(tasks, {}, () => minute * 60_000),
    halts: { list: async () => [] },
    glasses: { unreviewed: async () => [] },
    panics,
    locks,
    policyWrites,
    observations,
    heard,
    looked,
    tasks,
    timers: tasks,
    roles: tasks,
    revocationQueue: { send: async () => undefined },
    pendingRevocations: tasks.pendingRevocations,
    leaseRevocationQueue: { send: async () => undefined },
    clock: { nowMs: () => minute * 60_000 },
    log,
  };
  const from = minute;
  for (; minute < dueAt + 60; minute += 1) await sweep(ports);
  const { reads, listings, removals, minutes } = counted;
  return { reads, listings, removals, minutesOfASweep: minutes / (minute - from) };
}
