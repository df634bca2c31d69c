import { type SweepPorts, sweep } from "../../../functions/sweep/sweep.ts";
import { aLease, aTask, aUse, ENDING, eventOn } from "../../fakes/samples/task.ts";
import { FakeAgents } from "../../fakes/tasks/agents.ts";
import { FakeTasks } from "../../fakes/tasks/tasks.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { MONTH } from "./month.ts";

export interface SweepLooks {
  /** Reads of one task. */
  readonly reads: number;
  /** Minutes' lists that one sweep reads. */
  readonly minutesOfASweep: number;
}

/** Counts the sweep's work on one task with a session that ended early. Runs the sweep minute by minute. */
export async function looksOfTheSweep(): Promise<SweepLooks> {
  const counted = { reads: 0, minutes: 0 };
  let minute = 1_000_000;
  const tasks = new FakeTasks();
  tasks.swept = minute - 3;
  const openedAt = minute * 60;
  const expiresAt = openedAt + MONTH.aliveSeconds;
  const { task, event } = aTask({ openedAt, expiresAt, confirmed: true, leases: [aLease(0, { fenceAt: expiresAt })] });
  await tasks.open(task, event, aUse(), undefined);
  await tasks.end(task, { ...ENDING, endedAt: openedAt + 5 }, eventOn(task, "task.ended"));
  tasks.before = (method) => {
    if (method === "due") counted.minutes += 1;
    if (method === "read") counted.reads += 1;
  };
  const { deployment, panics, locks, loads, policyWrites, observations, heard, looked, log } = fakeWorld().ports;
  const ports: SweepPorts = {
    deployment: { accounts: deployment.accounts, recertification: null },
    agents: new FakeAgents(tasks, {}, () => minute * 60_000),
    halts: { list: async () => [] },
    glasses: { unreviewed: async () => [] },
    panics,
    locks,
    loads,
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
  for (; minute < from + 80; minute += 1) await sweep(ports);
  const { reads, minutes } = counted;
  return { reads, minutesOfASweep: minutes / (minute - from) };
}
