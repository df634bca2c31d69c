/**
 * Computes the end of the UTC hour of a moment, epoch seconds: a decision by the time of day is valid before that second.
 * @param atMs moment for which policy decided; epoch milliseconds.
 */
export const hourEnd = (atMs: number): number => (Math.floor(atMs / 3_600_000) + 1) * 3_600;
