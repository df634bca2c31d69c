import type { Revocation } from "../core/connectors/connector.ts";
import { Refusal } from "../core/refusal.ts";

/** Outcome of a revocation: an outage leaves it unknown, and a "no" is a failure; neither is forgotten. Any other error is a bug, and stays one. */
export async function revocationOf(revoking: Promise<void>): Promise<Revocation> {
  try {
    await revoking;
    return "revoked";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.isOutage ? "unknown" : "failed";
  }
}
