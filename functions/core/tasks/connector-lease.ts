import type { Facts } from "../journal/event.ts";
import type { TaskPath } from "./path.ts";

/** One credential of a task, as it is recorded: nothing in it is secret, and all that is needed to take the credential back. */
export interface ConnectorLease {
  /** `postgres-0`: unique in its task. */
  readonly name: string;
  readonly type: string;
  readonly path: TaskPath;
  /** Which of the task's details it is for. */
  readonly detail: number;
  readonly state: "issuing" | "issued" | "revoked";
  /** When it was planned; epoch seconds by our clock. */
  readonly startedAt: number;
  /** Epoch seconds: the credential dies then, whatever else fails, where its provider can be told so. */
  readonly expiresAt: number;
  /** What was, or will have been, made at the provider: `{"database": "orders", "role": "vk_..."}`. */
  readonly made: Facts;
  /** What must be kept to revoke and may not be read, encrypted by a `Sealer`. */
  readonly sealed?: string;
  /** The exchange's signature over the secrets that the task's own session reads, where there are any (`sealedLeaseOf`). */
  readonly seal?: string;
}
