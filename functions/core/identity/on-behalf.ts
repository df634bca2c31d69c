import type { Person } from "./person.ts";

/** Person for whom a task acts, as the person's own token proved it. Part of the task's record, under its seal. */
export interface OnBehalf extends Person {
  /** Groups as `issuer|group`, as the person's token lists them. */
  readonly groups: readonly string[];
  /** True for one of the first operators in `valetkey.json`. */
  readonly isFirst: boolean;
  /** Issue time of the person's token; epoch seconds. */
  readonly provenAt: number;
}

/** `token`: oldest token of a person that opens a task. `task`: longest life of a task after the issue of the person's token. Seconds. */
export const ON_BEHALF_SECONDS = { token: 900, task: 3_600 } as const;

/** Computes the latest deadline of a task for a person; epoch seconds, infinite for a task of an agent for itself. */
export const onBehalfUntil = (onBehalf: Pick<OnBehalf, "provenAt"> | undefined): number =>
  onBehalf === undefined ? Number.POSITIVE_INFINITY : Math.floor(onBehalf.provenAt) + ON_BEHALF_SECONDS.task;
