import type { FunctionName } from "../../functions/names.ts";

export interface LambdaCost {
  /** Memory as deployed (`infra/constructs/hub-functions.ts`; a test compares the two). */
  readonly memoryMb: number;
  /**
   * Assumed duration, mostly of waiting for AWS: 120 ms for a vend. A sweep reads three lists in a row, and the reconciler calls IAM three times in a
   * row.
   */
  readonly billedMs: number;
}

/** Billed resources of one invocation, by function. */
export const LAMBDA: Readonly<Record<FunctionName, LambdaCost>> = {
  exchange: { memoryMb: 1_024, billedMs: 120 },
  tasks: { memoryMb: 512, billedMs: 50 },
  operate: { memoryMb: 1_024, billedMs: 50 },
  register: { memoryMb: 512, billedMs: 50 },
  sweep: { memoryMb: 1_769, billedMs: 250 },
  intake: { memoryMb: 512, billedMs: 100 },
  relay: { memoryMb: 256, billedMs: 50 },
  reconcile: { memoryMb: 512, billedMs: 250 },
  rotate: { memoryMb: 512, billedMs: 50 },
  "revoke-leases": { memoryMb: 512, billedMs: 150 },
  // Until a policy takes effect: some 4 s (third-party measurements), and three further calls.
  probe: { memoryMb: 512, billedMs: 5_000 },
  // It waits for a chat's answer.
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
  collect: { memoryMb: 256, billedMs: 60 },
  // Lists, reads, decides, writes tiles, signs, publishes: eight calls in a row.
  archive: { memoryMb: 1_024, billedMs: 400 },
};

export const gbSeconds = (name: FunctionName): number =>
  (LAMBDA[name].memoryMb / 1_024) * (LAMBDA[name].billedMs / 1_000);

/** Approximate size of Lambda's own START, END and REPORT lines of one invocation. */
export const PLATFORM_LOG_BYTES = 330;
/** Approximate size of a line of the API's access log. */
export const ACCESS_LOG_BYTES = 280;
