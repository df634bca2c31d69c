import type { Revocation } from "../core/connectors/connector.ts";
import { Refusal } from "../core/refusal.ts";

/**
 * Returns the outcome of a revocation: `unknown` after an outage, `failed` after a refusal. Any other error is a bug,
 * and is rethrown.
 */
export async function revocationOf(revoking: Promise<void>): Promise<Revocation> {
  try {
    await revoking;
    return "revoked";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.isOutage ? "unknown" : "failed";
  }
}
