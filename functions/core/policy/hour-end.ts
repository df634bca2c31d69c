/**
 * End of the UTC hour that holds the instant: what policy says of the time of day holds until then, and at that second no longer. Epoch seconds.
 * @param atMs the very instant that policy was asked about; epoch milliseconds.
 */
export const hourEnd = (atMs: number): number => (Math.floor(atMs / 3_600_000) + 1) * 3_600;
