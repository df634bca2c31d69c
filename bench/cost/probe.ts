import type { Usage } from "./bill.ts";
import { gbSeconds } from "./lambda.ts";

/** Of the endings that nobody asked for, unless `valetkey.json` says otherwise. */
const SAMPLE = 0.01;

/** Assumed: a policy acts some four seconds after the ending (third-party measurements), and the probe calls four times a second, and three times more. */
const CALLS = 20;

/** What a task pays for the few of whose ending a probe sees when AWS refuses. Computed: whoever measures one task sees none. */
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
    // Sent, taken and deleted, at FIFO's price.
    one("message", "queue request", 3),
  ];
}
