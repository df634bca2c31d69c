import type { FunctionName } from "../../functions/names.ts";

export interface LambdaCost {
  /** As deployed (`infra/constructs/hub-functions.ts`; a test holds the two together). */
  readonly memoryMb: number;
  /**
   * Assumed, since it is mostly waiting for AWS: 120 ms for a vend; in a row, a sweep asks for three lists, and
   * the reconciler asks IAM three times.
   */
  readonly billedMs: number;
}

/** What one invocation is billed. */
export const LAMBDA: Readonly<Record<FunctionName, LambdaCost>> = {
  exchange: { memoryMb: 1_024, billedMs: 120 },
  tasks: { memoryMb: 512, billedMs: 50 },
  operate: { memoryMb: 1_024, billedMs: 50 },
  sweep: { memoryMb: 1_769, billedMs: 250 },
  intake: { memoryMb: 512, billedMs: 100 },
  relay: { memoryMb: 256, billedMs: 50 },
  reconcile: { memoryMb: 512, billedMs: 250 },
  rotate: { memoryMb: 512, billedMs: 50 },
  release: { memoryMb: 512, billedMs: 150 },
  // Until a policy acts: some 4 s (third-party measurements), and three calls more.
  probe: { memoryMb: 512, billedMs: 5_000 },
};

export const gbSeconds = (name: FunctionName): number =>
  (LAMBDA[name].memoryMb / 1_024) * (LAMBDA[name].billedMs / 1_000);

/** Lambda's own START, END and REPORT lines of one invocation, about. */
export const PLATFORM_LOG_BYTES = 330;
/** A line of the API's access log, about. */
export const ACCESS_LOG_BYTES = 280;
