import type { Usage } from "./bill.ts";
import { gbSeconds } from "./lambda.ts";

/** Default share of the unrequested endings that are probed (`valetkey.json`). */
const SAMPLE = 0.002;

/**
 * Assumed calls of a probe: four a second, and three more. A policy takes effect some four seconds after the ending
 * (third-party measurements).
 */
const CALLS = 20;

/**
 * Computes each task's share of the cost of probes. The share is not measured, since a single task is seldom probed.
 */
export function probeOf(): readonly Usage[] {
  const one = (what: string, unit: Usage["unit"], count: number): Usage => ({
    stage: "revoke",
    what: `probe of one ending in ${1 / SAMPLE}: ${what}`,
    unit,
    count: count * SAMPLE,
  });
  return [
    one("calls", "S3 list", CALLS),
    one("running", "GB-second", gbSeconds("probe")),
    one("invoked", "invocation", 1),
    one("what it met, written", "write unit", 1),
    // A message is sent, received and deleted, at the price of FIFO queues.
    one("message", "queue request", 3),
  ];
}
