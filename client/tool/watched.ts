/** Pause between two looks at the token of an open answer; the hub is asked only when what it said last no longer counts. */
export const WATCH_MS = 1_000;
