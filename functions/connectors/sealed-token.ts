import type { Revocation, Sealer } from "../core/connectors/connector.ts";
import type { Clock } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { holderOf } from "../core/secrets/secret-lock.ts";
import type { ConnectorLease } from "../core/tasks/connector-lease.ts";
import { revocationOf } from "./revocation-of.ts";
import { ISSUE_SECONDS } from "./revoke-lease.ts";

/** Margin for clocks that differ, and for a provider that counts a token's life a little later than we do; seconds. */
const MARGIN_SECONDS = 60;

/**
 * Computes `made.dies_by` of a lease whose token nobody has seen yet; epoch seconds. The token is requested within
 * `ISSUE_SECONDS`, and lives at most as long as the provider's tokens do. A token cannot be found by a name, so a token
 * whose answer was lost has no other bound.
 */
export const diesByWhateverHappens = (startedAt: number, longestSeconds: number): number =>
  startedAt + ISSUE_SECONDS + longestSeconds + MARGIN_SECONDS;

/** Computes `made.dies_by` of a lease whose token is known; epoch seconds. */
export const diesBy = (expiresAt: number): number => Math.floor(expiresAt) + MARGIN_SECONDS;

/**
 * Returns the moment by which the credential of a lease is dead where nobody revokes it, epoch seconds; undefined where
 * the provider ends none by itself.
 */
export const deadBy = ({ made }: Pick<ConnectorLease, "made">): number | undefined =>
  typeof made.dies_by === "number" ? made.dies_by : undefined;

/** Returns true for a bearer token (RFC 6750, section 2.1) that a lease can store. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]{1,8192}$/.test(text);

/** Encrypts a token for storage in this lease, from which it is revoked later. */
export const sealToken = (token: string, lease: ConnectorLease, sealer: Sealer): Promise<string> =>
  sealer.seal(token, holderOf(lease));

/**
 * Revokes the token that a lease stores. Without a stored token the outcome is `unknown` until `made.dies_by`, since
 * the provider's answer may have been lost. An expired token counts as revoked without a request to the provider, which
 * may no longer be configured.
 */
export async function revokeSealedToken(
  lease: ConnectorLease,
  { clock, sealer }: { readonly clock: Clock; readonly sealer: Sealer },
  end: (token: string) => Promise<void>,
): Promise<Revocation> {
  const { sealed } = lease;
  const dead = deadBy(lease);
  if (dead !== undefined && dead <= clock.nowMs() / 1_000) return "revoked";
  if (sealed === undefined) return "unknown";
  return revocationOf(openToken(sealed, lease, sealer).then(end));
}

async function openToken(sealed: string, lease: ConnectorLease, sealer: Sealer): Promise<string> {
  try {
    return await sealer.open(sealed, holderOf(lease));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The record was changed, or its key is gone. A refusal reports the fault, and does not stop the revocation of
    // other leases.
    throw new Refusal("connector_refused", { why: "the lease's token cannot be opened" });
  }
}
