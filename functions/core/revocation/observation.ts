import type { TaskPath } from "../tasks/path.ts";

/** One ending in one role, as a probe is to watch it. */
export interface Watched {
  readonly path: TaskPath;
  readonly account: string;
  readonly role: string;
  readonly agent: string;
  /** When the state changed; epoch milliseconds. */
  readonly endedAtMs: number;
}

/** What a probe met; epoch milliseconds. */
export type Observation =
  /** Its calls were answered, and then refused: the last answered one was sent then, and the first refused one answered then. */
  | { readonly status: "denied"; readonly answeredAtMs: number; readonly deniedAtMs: number }
  /** Its first call was refused, while AWS answered another session of the role. */
  | { readonly status: "at_most"; readonly deniedAtMs: number }
  /** A policy that denies it was written, and it was answered all the same until then. */
  | { readonly status: "not_observed"; readonly answeredAtMs: number };

/** What became of one call; `unknown` says nothing of rights: an outage, a session that AWS does not know yet. */
export type CallOutcome = "answered" | "refused" | "unknown";

/** So many refusals in a row are a denial: AWS's hosts learn of a policy one after the other. */
export const REFUSALS = 3;

/** What a probe has met so far. */
export interface Sightings {
  /** When the last call that was answered was sent. */
  readonly answeredAtMs?: number;
  /** When the first of the last refusals in a row came. */
  readonly deniedAtMs?: number;
  readonly refusals: number;
}

export const NOTHING_SEEN: Sightings = { refusals: 0 };

/** With one more call. An answer after refusals takes them back. */
export function withCall(seen: Sightings, outcome: CallOutcome, sentAtMs: number, cameAtMs: number): Sightings {
  if (outcome === "unknown") return seen;
  if (outcome === "answered") return { answeredAtMs: sentAtMs, refusals: 0 };
  return { ...seen, deniedAtMs: seen.deniedAtMs ?? cameAtMs, refusals: seen.refusals + 1 };
}

/** Whether it is denied, as far as calls can show. */
export const isDenied = (seen: Sightings): seen is Sightings & { readonly deniedAtMs: number } =>
  seen.deniedAtMs !== undefined && seen.refusals >= REFUSALS;
