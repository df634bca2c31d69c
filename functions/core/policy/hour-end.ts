/**
 * Returns the end of the moment's UTC hour in epoch seconds. A decision by the time of day is valid before that second.
 * @param atMs moment for which policy decided; epoch milliseconds.
 */
export const hourEnd = (atMs: number): number => (Math.floor(atMs / 3_600_000) + 1) * 3_600;
