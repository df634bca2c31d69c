/** Row of the report: a target of docs/design.md#targets, with its measurement. */
export interface Row {
  readonly name: string;
  /** Measurement for people: `p50 0.71 ms, p99 1.9 ms`. */
  readonly measured: string;
  readonly target: string;
  readonly verdict: Verdict;
  /** Notes on method, conditions and breakdown: one line each. */
  readonly notes: readonly string[];
  /** Figures for machines; each name ends in its unit. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Verdict on a measurement. `not measured`: the run did not look at the target, and claims nothing. */
export type Verdict = "ok" | "MISSED" | "not measured";

export const verdict = (isMet: boolean): Verdict => (isMet ? "ok" : "MISSED");

/** Run that a benchmark is part of. */
export interface Run {
  /** Prints one line of progress. */
  say(line: string): void;
  /** Empty directory, which is removed after the run. */
  readonly workDir: string;
  /** Duration of long benchmarks. */
  readonly minutes: number;
  /** Rate of long benchmarks. */
  readonly perSecond: number;
  /** Programs of OpenBao, for the comparison with it. */
  readonly bao?: { readonly server: string; readonly plugin: string };
}

export type Benchmark = (run: Run) => Promise<readonly Row[]>;
