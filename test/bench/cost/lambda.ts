import { FUNCTIONS, type FunctionName } from "../../../contract/names.ts";
import { FUNCTION_SETTINGS } from "../../../infra/function-settings.ts";

interface LambdaCost {
  /** Memory as deployed. */
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
const working = (name: keyof typeof CPU_MS, waitMs: number): number =>
  Math.round(waitMs + cpuMsAt(CPU_MS[name], FUNCTION_SETTINGS[name].memoryMb));

/**
 * CPU time of one warm invocation of the functions that each task invokes; milliseconds, rounded up (`npm run bench --
 * --only functions`).
 */
export const CPU_MS = { exchange: 10, tasks: 8, relay: 3, reconcile: 17, collect: 3 } as const;

/** Billed duration of one invocation, by function; milliseconds. */
const BILLED_MS: Readonly<Record<FunctionName, number>> = {
  exchange: working("exchange", 105),
  tasks: working("tasks", 25),
  // One batch of reads and a signature; a decryption of KMS once a minute.
  sign: 30,
  operate: 50,
  panic: 50,
  // Rare: a message decides the live tasks of 25 agents.
  recheck: 200,
  register: 50,
  // A sweep reads three lists in a row.
  sweep: 250,
  intake: 100,
  relay: working("relay", 30),
  reconcile: working("reconcile", 200),
  rotate: 50,
  "revoke-leases": 150,
  // Until a policy takes effect: some 4 s (third-party measurements), and three further calls.
  probe: 5_000,
  // A notification waits for the chat's answer.
  notify: 500,
  // Reads a request and its votes, and verifies these.
  approve: 60,
  // Reads a registration, decides and proves a few pairs.
  explain: 150,
  // A checkpoint, its edge and up to 16 bundles, one after the other.
  journal: 300,
  // Files from memory.
  console: 5,
  // Reads the task and its rows, and writes one transaction, for up to ten events.
  observe: 60,
  // Verifies a token, and puts one event on the bus.
  signals: 50,
  // One put for a batch of events.
  collect: working("collect", 40),
  // Lists, reads, decides, writes tiles, signs, publishes: eight calls in a row.
  archive: 400,
};

/** Billed resources of one invocation, by function. */
export const LAMBDA = Object.fromEntries(
  FUNCTIONS.map((name) => [name, { memoryMb: FUNCTION_SETTINGS[name].memoryMb, billedMs: BILLED_MS[name] }]),
) as Readonly<Record<FunctionName, LambdaCost>>;

export const gbSeconds = (name: FunctionName, billedMs = LAMBDA[name].billedMs): number =>
  (LAMBDA[name].memoryMb / 1_024) * (billedMs / 1_000);

/** Approximate size of a line of the API's access log. */
export const ACCESS_LOG_BYTES = 280;
