import type { Facts } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";

/**
 * Record of a credential that a connector issued for a task: everything that the revocation needs, and no secret in the
 * clear.
 */
export interface ConnectorLease {
  /** Name, unique within the task: `postgres-0`. */
  readonly name: string;
  readonly type: string;
  readonly path: TaskPath;
  /** Index of the task's detail that the lease is for. */
  readonly detail: number;
  readonly state: "issuing" | "issued" | "revoked";
  /** Time of planning, by valetkey's clock; epoch seconds. */
  readonly startedAt: number;
  /** Expiry that the credential gets from its provider, where the provider supports one; epoch seconds. */
  readonly expiresAt: number;
  /** Moment at which the provider's revocation was recorded; epoch seconds. Absent until then. */
  readonly revokedAt?: number;
  /** Objects at the provider that the issue creates or has created: `{"database": "orders", "role": "vk_..."}`. */
  readonly made: Facts;
  /** Secrets that the revocation needs, encrypted by a `Sealer`. */
  readonly sealed?: string;
  /** Exchange's signature over the secrets that the task's own AWS session may read (`sealedLeaseOf`); absent where there are none. */
  readonly seal?: string;
}
