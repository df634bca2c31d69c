import type { Ports } from "../core/ports.ts";
import type { SecretInventory } from "../core/secrets/secret-inventory.ts";
import type { SecretLocks } from "../core/secrets/secret-lock.ts";
import type { PendingRevocations } from "../core/tasks/pending-revocation.ts";

/** Ports through which operators see secrets, and the leases of connectors, without access to any value. */
export interface SecretPorts extends Ports {
  readonly inventory: SecretInventory;
  readonly locks: SecretLocks;
  readonly pendingRevocations: Pick<PendingRevocations, "list">;
}
