import type { Benchmark } from "./row.ts";

/**
 * Benchmarks, those of docs/design.md#targets in its order: each has a figure that a page or a decision rests on. A
 * benchmark is loaded when it runs.
 */
export const BENCHMARKS = {
  cpu: async (run) => (await import("./cpu/cpu-of-a-vend.ts")).cpuOfAVend(run),
  autonomy: async (run) => (await import("./cpu/cpu-of-autonomy.ts")).cpuOfAutonomy(run),
  client: async (run) => (await import("./cpu/small-client.ts")).smallClient(run),
  observe: async (run) => (await import("./cpu/cpu-of-observing.ts")).cpuOfObserving(run),
  recheck: async (run) => (await import("./recheck/recheck-of-tasks.ts")).recheckOfTasks(run),
  budget: async (run) => (await import("./budget/hot-budget.ts")).hotBudget(run),
  size: async (run) => (await import("./policy/session-policy-sizes.ts")).sessionPolicySizes(run),
  denies: async (run) => (await import("./policy/pack-denies.ts")).packDenies(run),
  proof: async (run) => (await import("./proof/proof-of-a-session.ts")).proofOfASession(run),
  unknown: async (run) => (await import("./proof/unknown-sessions.ts")).unknownSessions(run),
  trips: async (run) => (await import("./trips/round-trips.ts")).roundTrips(run),
  cold: async (run) => (await import("./cold/cold-start.ts")).coldStart(run),
  sign: async (run) => (await import("./signing/signatures.ts")).signatures(run),
  ending: async (run) => (await import("./ending/completed-to-denied.ts")).completedToDenied(run),
  watched: async (run) => (await import("./ending/watched-endings.ts")).watchedEndings(run),
  sustained: async (run) => (await import("./ending/sustained-endings.ts")).sustainedEndings(run),
  overload: async (run) => (await import("./overload/twice-the-saturation.ts")).twiceTheSaturation(run),
  starving: async (run) => (await import("./starving/beside-a-hostile-agent.ts")).besideAHostileAgent(run),
  capacity: async (run) => (await import("./capacity/tasks-alive.ts")).tasksAlive(run),
  archive: async (run) => (await import("./archive/archive-lag.ts")).archiveLag(run),
  cost: async (run) => (await import("./cost/cost-of-a-million.ts")).costOfAMillion(run),
  functions: async (run) => (await import("./cost/cpu-of-functions.ts")).cpuOfFunctions(run),
  openbao: async (run) => (await import("./openbao/beside-openbao.ts")).besideOpenBao(run),
} as const satisfies Record<string, Benchmark>;

export type BenchmarkName = keyof typeof BENCHMARKS;

/** Benchmarks that last minutes, and run only when named. */
export const LONG: readonly BenchmarkName[] = [
  ...(["unknown", "watched", "sustained", "overload", "starving", "archive", "openbao"] as const),
];
