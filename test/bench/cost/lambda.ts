import type { FunctionName } from "../../../contract/names.ts";

export interface LambdaCost {
  /** Memory as deployed (`infra/constructs/functions/hub-functions.ts`; a test compares the two). */
  readonly memoryMb: number;
  /** Billed duration, mostly of waiting for AWS. */
  readonly billedMs: number;
}

/**
 * Memory with which a function has one vCPU; the share of the vCPU is proportional to the memory. Source: "Configure
 * Lambda function memory", AWS Lambda Developer Guide.
 */
export const WHOLE_CPU_MB = 1_769;

/** Computes the time of one thread's work at a memory size, from its CPU time; milliseconds. */
export const cpuMsAt = (cpuMs: number, memoryMb: number): number => cpuMs * Math.max(1, WHOLE_CPU_MB / memoryMb);

/**
 * Computes the billed time of a function from its CPU time and its waiting.
 * @param waitMs assumed waiting for AWS. A vend waits for STS and three rounds of the table, the reconciler for three
 * successive calls of IAM.
 */
const working = (memoryMb: number, name: keyof typeof CPU_MS, waitMs: number): LambdaCost => ({
  memoryMb,
  billedMs: Math.round(waitMs + cpuMsAt(CPU_MS[name], memoryMb)),
});

/**
 * CPU time of one warm invocation of the functions that each task invokes; milliseconds, rounded up (`npm run bench --
 * --only functions`).
 */
export const CPU_MS = { exchange: 10, tasks: 8, relay: 3, reconcile: 17, collect: 3 } as const;

/** Billed resources of one invocation, by function. */
export const LAMBDA: Readonly<Record<FunctionName, LambdaCost>> = {
  exchange: working(512, "exchange", 105),
  tasks: working(512, "tasks", 25),
  operate: { memoryMb: 1_024, billedMs: 50 },
  panic: { memoryMb: 1_024, billedMs: 50 },
  register: { memoryMb: 512, billedMs: 50 },
  // A sweep reads three lists in a row.
  sweep: { memoryMb: 1_769, billedMs: 250 },
  intake: { memoryMb: 512, billedMs: 100 },
  relay: working(256, "relay", 30),
  reconcile: working(384, "reconcile", 200),
  rotate: { memoryMb: 512, billedMs: 50 },
  "revoke-leases": { memoryMb: 512, billedMs: 150 },
  // Until a policy takes effect: some 4 s (third-party measurements), and three further calls.
  probe: { memoryMb: 512, billedMs: 5_000 },
  // A notification waits for the chat's answer.
  notify: { memoryMb: 256, billedMs: 500 },
  // Reads a request and its votes, and verifies these.
  approve: { memoryMb: 512, billedMs: 60 },
  // Reads a registration, decides and proves a few pairs.
  explain: { memoryMb: 1_024, billedMs: 150 },
  // A checkpoint, its edge and up to 16 bundles, one after the other.
  journal: { memoryMb: 512, billedMs: 300 },
  // Files from memory.
  console: { memoryMb: 256, billedMs: 5 },
  // Reads the task and its rows, and writes one transaction, for up to ten events.
  observe: { memoryMb: 512, billedMs: 60 },
  // Verifies a token, and puts one event on the bus.
  signals: { memoryMb: 256, billedMs: 50 },
  // One put for a batch of events.
  collect: working(256, "collect", 40),
  // Lists, reads, decides, writes tiles, signs, publishes: eight calls in a row.
  archive: { memoryMb: 1_024, billedMs: 400 },
};

export const gbSeconds = (name: FunctionName, billedMs = LAMBDA[name].billedMs): number =>
  (LAMBDA[name].memoryMb / 1_024) * (billedMs / 1_000);

/** Approximate size of a line of the API's access log. */
export const ACCESS_LOG_BYTES = 280;
