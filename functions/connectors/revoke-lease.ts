import type { Connector, Revocation } from "../core/connectors/connector.ts";
import type { ConnectorLease } from "../core/tasks/connector-lease.ts";

/**
 * Longest time after its planning for which an issue may be in progress in some function; seconds. The waits of an
 * issue are bounded below this.
 */
export const ISSUE_SECONDS = 30;

/**
 * Revokes a lease, and returns an outcome that may be recorded. A credential of an unconfirmed lease may still be
 * issued a moment after the revocation. Until `ISSUE_SECONDS` have passed, `revoked` therefore counts as `unknown`.
 * @param connector undefined where the deployment no longer uses the lease's type. Nobody can revoke the lease then:
 * the outcome is `failed`.
 */
export async function revokeLease(
  lease: ConnectorLease,
  connector: Connector | undefined,
  nowSeconds: number,
): Promise<Revocation> {
  if (!connector) return "failed";
  const answer = await connector.revoke(lease);
  const mayBeIssued = lease.state === "issuing" && nowSeconds < lease.startedAt + ISSUE_SECONDS;
  return answer === "revoked" && mayBeIssued ? "unknown" : answer;
}
