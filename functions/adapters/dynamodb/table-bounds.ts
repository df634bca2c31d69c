/** Attempts of a call, and how long each may take to connect and in all; milliseconds. */
export interface TableBounds {
  readonly attempts: number;
  readonly connectMs: number;
  readonly attemptMs: number;
}

/** Bounds of a call, and its longest duration with all attempts; milliseconds. */
export type WholeTableBounds = TableBounds & { readonly wholeMs: number };

/**
 * Bounds of a call. All attempts together end before the function's own time-out, so that an outage is answered as one. The small client keeps `wholeMs`
 * itself. The cloud of most tests is bundled with longer ones (`local/bundled-functions.ts`).
 */
export const TABLE_BOUNDS: WholeTableBounds = { attempts: 3, connectMs: 1_000, attemptMs: 2_000, wholeMs: 6_000 };
