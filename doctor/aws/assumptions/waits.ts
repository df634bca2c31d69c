/** Times that the probes wait; milliseconds unless the name says otherwise. */
export interface Waits {
  /** Time that IAM is given to know of what was just written. */
  readonly settleMs: number;
  /** Time between two looks at the same thing. */
  readonly pauseMs: number;
  /** Life of a session whose end is watched. */
  readonly fenceMs: number;
  /** Tolerated difference between a fence and the end of its session by this machine's clock. */
  readonly toleratedMs: number;
  /** Longest wait for something that should happen at a moment. */
  readonly longestMs: number;
  /** Delay of a message that is sent with one, whole seconds. */
  readonly delaySeconds: number;
  /** Time that a message of a FIFO group is out, whole seconds. */
  readonly outSeconds: number;
}

/** Emulators know at once of what was written: short waits there take nothing from an answer. */
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
