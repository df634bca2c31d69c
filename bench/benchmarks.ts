import type { Benchmark } from "./row.ts";

/**
 * Benchmarks: one for each row of docs/design.md#targets, in its order, and some more. A benchmark is loaded when it
 * runs.
 */
export const BENCHMARKS = {
  cpu: async (run) => (await import("./cpu/cpu-of-a-vend.ts")).cpuOfAVend(run),
  loaded: async (run) => (await import("./cpu/loaded-roles.ts")).loadedRoles(run),
  client: async (run) => (await import("./cpu/small-client.ts")).smallClient(run),
  observe: async (run) => (await import("./cpu/cpu-of-observing.ts")).cpuOfObserving(run),
  policy: async (run) => (await import("./policy/decide-and-compile.ts")).decideAndCompile(run),
  size: async (run) => (await import("./policy/session-policy-sizes.ts")).sessionPolicySizes(run),
  denies: async (run) => (await import("./policy/pack-denies.ts")).packDenies(run),
  proof: async (run) => (await import("./proof/proof-of-a-session.ts")).proofOfASession(run),
  promises: async (run) => (await import("./proof/lost-promises.ts")).lostPromises(run),
  unknown: async (run) => (await import("./proof/unknown-sessions.ts")).unknownSessions(run),
  trips: async (run) => (await import("./trips/round-trips.ts")).roundTrips(run),
  vote: async (run) => (await import("./approvals/verify-a-vote.ts")).verifyAVote(run),
  decided: async (run) => (await import("./approvals/vote-to-credentials.ts")).voteToCredentials(run),
  unasked: async (run) => (await import("./approvals/vend-that-asks-nobody.ts")).vendThatAsksNobody(run),
  cold: async (run) => (await import("./cold/cold-start.ts")).coldStart(run),
  ending: async (run) => (await import("./ending/completed-to-denied.ts")).completedToDenied(run),
  watched: async (run) => (await import("./ending/watched-endings.ts")).watchedEndings(run),
  sustained: async (run) => (await import("./ending/sustained-endings.ts")).sustainedEndings(run),
  overload: async (run) => (await import("./overload/twice-the-saturation.ts")).twiceTheSaturation(run),
  starving: async (run) => (await import("./starving/beside-a-hostile-agent.ts")).besideAHostileAgent(run),
  capacity: async (run) => (await import("./capacity/tasks-alive.ts")).tasksAlive(run),
  offboarding: async (run) => (await import("./offboarding/offboard-a-thousand.ts")).offboardAThousand(run),
  archive: async (run) => (await import("./archive/archive-lag.ts")).archiveLag(run),
  cost: async (run) => (await import("./cost/cost-of-a-million.ts")).costOfAMillion(run),
  functions: async (run) => (await import("./cost/cpu-of-functions.ts")).cpuOfFunctions(run),
  openbao: async (run) => (await import("./openbao/beside-openbao.ts")).besideOpenBao(run),
  start: async (run) => (await import("./start/first-credential.ts")).firstCredential(run),
  command: async (run) => (await import("./start/command-start.ts")).commandStart(run),
} as const satisfies Record<string, Benchmark>;

export type BenchmarkName = keyof typeof BENCHMARKS;

/** Benchmarks that last minutes, and run only when named. */
export const LONG: readonly BenchmarkName[] = [
  ...(["unknown", "watched", "sustained", "overload", "starving", "archive", "openbao"] as const),
];
