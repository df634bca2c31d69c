/** Times that the probes wait; milliseconds, or the unit in the name. */
export interface Waits {
  /** Longest time until IAM applies a write. */
  readonly settleMs: number;
  /** Time between two attempts. */
  readonly pauseMs: number;
  /** Life of a session whose end is measured. */
  readonly fenceMs: number;
  /** Tolerated difference between a fence and the end of its session by this machine's clock. */
  readonly toleratedMs: number;
  /** Longest wait for an event that is due at a known moment. */
  readonly longestMs: number;
  /** Delay of a delayed message, whole seconds. */
  readonly delaySeconds: number;
  /** Time for which a message of a FIFO group is in flight, whole seconds. */
  readonly outSeconds: number;
}

/**
 * Returns the waits for AWS or an emulator. Emulators apply writes immediately, so short waits do not change an answer.
 */
export const waitsAt = (isAws: boolean): Waits =>
  isAws
    ? {
        settleMs: 30_000,
        pauseMs: 1_000,
        fenceMs: 6_000,
        toleratedMs: 1_500,
        longestMs: 30_000,
        delaySeconds: 5,
        outSeconds: 6,
      }
    : {
        settleMs: 1_000,
        pauseMs: 100,
        fenceMs: 1_500,
        toleratedMs: 1_500,
        longestMs: 8_000,
        delaySeconds: 1,
        outSeconds: 2,
      };
