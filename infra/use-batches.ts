/**
 * Batches in which `observe` gets CloudTrail's events. `atOnce` is the upper bound on its invocations at the same time,
 * and so on what a flood of events takes of the table. Events beyond it wait in their queue.
 */
export const USE_BATCHES = { size: 10, windowSeconds: 2, atOnce: 5 } as const;
