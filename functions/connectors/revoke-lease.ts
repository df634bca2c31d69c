import type { Connector, Revocation } from "../core/connectors/connector.ts";
import type { ConnectorLease } from "../core/tasks/connector-lease.ts";

/** For so long after it was planned, an issue may still be under way in some function; seconds. Its waits are bounded below that. */
export const ISSUE_SECONDS = 30;

/**
 * Revokes a lease, and returns the outcome as the record may believe it. Where nothing was found of a lease that nobody has confirmed, whoever issues
 * it may be a moment late: that it is revoked is known only when it can be issued no more.
 * @param connector nothing where its type was taken out of the table: then nobody can revoke it, and the error says so.
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
