/** One target of docs/design.md#targets, beside what was measured. */
export interface Row {
  readonly name: string;
  /** As a person reads it: `p50 0.71 ms, p99 1.9 ms`. */
  readonly measured: string;
  readonly target: string;
  readonly verdict: Verdict;
  /** How it was measured, what it depends on, and where it goes: one line each. */
  readonly notes: readonly string[];
  /** For machines; each name ends in its unit. */
  readonly figures: Readonly<Record<string, number>>;
}

/** `not measured` is not `ok`: what a run did not look at, it does not claim. */
export type Verdict = "ok" | "MISSED" | "not measured";

export const verdict = (isMet: boolean): Verdict => (isMet ? "ok" : "MISSED");

/** What a benchmark may use of the run that it is part of. */
export interface Run {
  /** One line of progress. */
  say(line: string): void;
  /** An empty directory that is removed after the run. */
  readonly workDir: string;
  /** Also what takes a download: `npm ci` into a fresh folder. */
  readonly fresh: boolean;
  /** How long what lasts is to last. */
  readonly minutes: number;
  /** How much of it happens each second. */
  readonly perSecond: number;
}

export type Benchmark = (run: Run) => Promise<readonly Row[]>;
