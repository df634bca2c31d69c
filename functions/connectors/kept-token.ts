import type { Revocation, Sealer } from "../core/connectors/connector.ts";
import type { Clock } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { holderOf } from "../core/secrets/secret-lock.ts";
import type { ConnectorLease } from "../core/tasks/connector-lease.ts";
import { revocationOf } from "./revocation-of.ts";
import { ISSUE_SECONDS } from "./revoke-lease.ts";

/** Clocks differ, and a provider may count a token's life a little later than we do; seconds. */
const MARGIN_SECONDS = 60;

/**
 * `made.dies_by` of a lease whose token nobody has seen yet: it is asked for within `ISSUE_SECONDS`, and lives no longer than its provider's tokens do.
 * A token cannot be found by a name, so this is all that bounds one whose answer was lost.
 */
export const diesByWhateverHappens = (startedAt: number, longestSeconds: number): number =>
  startedAt + ISSUE_SECONDS + longestSeconds + MARGIN_SECONDS;

/** `made.dies_by` of a lease whose token is known. Epoch seconds. */
export const diesBy = (expiresAt: number): number => Math.floor(expiresAt) + MARGIN_SECONDS;

/** Bearer token (RFC 6750, section 2.1) that a lease keeps. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]{1,8192}$/.test(text);

/** The token as the lease keeps it: for this lease, and to be revoked. */
export const keepToken = (token: string, lease: ConnectorLease, sealer: Sealer): Promise<string> =>
  sealer.seal(token, holderOf(lease));

/**
 * Revokes the token that a lease keeps. Where it keeps none, the provider's answer may have been lost: nobody knows until the token has expired.
 * An expired token is dead, and its provider need not be asked any more; the provider may no longer be configured.
 */
export async function endKeptToken(
  lease: ConnectorLease,
  { clock, sealer }: { readonly clock: Clock; readonly sealer: Sealer },
  end: (token: string) => Promise<void>,
): Promise<Revocation> {
  const { sealed, made } = lease;
  if (typeof made.dies_by === "number" && made.dies_by <= clock.nowMs() / 1_000) return "revoked";
  if (sealed === undefined) return "unknown";
  return revocationOf(openToken(sealed, lease, sealer).then(end));
}

async function openToken(sealed: string, lease: ConnectorLease, sealer: Sealer): Promise<string> {
  try {
    return await sealer.open(sealed, holderOf(lease));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The record was changed, or its key is gone: loud, and no reason to stop with all the others.
    throw new Refusal("connector_refused", { why: "the lease's token cannot be opened" });
  }
}
