/** Bounds of a call: number of attempts, and for each attempt the time to connect and the whole time; milliseconds. */
export interface TableBounds {
  readonly attempts: number;
  readonly connectMs: number;
  readonly attemptMs: number;
}

/** Bounds of a call, and its longest duration with all attempts; milliseconds. */
export type WholeTableBounds = TableBounds & { readonly wholeMs: number };

/**
 * Bounds of a call. All attempts together end before the function's own time-out, so the caller gets the refusal of an
 * outage. The small client enforces `wholeMs` itself. Most tests bundle the functions with longer bounds
 * (`local/bundled-functions.ts`).
 */
export const TABLE_BOUNDS: WholeTableBounds = { attempts: 3, connectMs: 1_000, attemptMs: 2_000, wholeMs: 6_000 };

/**
 * Bounds of a function that ends something. It tries longest: a throttle is answered within milliseconds, so more
 * attempts fit into the same time.
 */
export const ENDING_BOUNDS: WholeTableBounds = { ...TABLE_BOUNDS, attempts: 8 };

/**
 * Bounds of a function that only watches or shows (`WATCHING`). It gives up at the first failure, so that its retries
 * add nothing to the load of a busy table. Its queue, its next minute or its caller tries again.
 */
export const WATCHING_BOUNDS: TableBounds = { ...TABLE_BOUNDS, attempts: 1 };
