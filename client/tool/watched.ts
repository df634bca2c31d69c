/** Pause between two looks at the token of an open answer. A look calls the hub only where its last answer no longer counts. */
export const WATCH_MS = 1_000;
