import type { Ports } from "../core/ports.ts";
import type { SecretInventory } from "../core/secrets/secret-inventory.ts";
import type { SecretLocks } from "../core/secrets/secret-lock.ts";
import type { PendingRevocations } from "../core/tasks/pending-revocations.ts";

/** What operators see secrets, and what connectors have issued, through: no port of these has a way to a value. */
export interface SecretPorts extends Ports {
  readonly inventory: SecretInventory;
  readonly locks: SecretLocks;
  readonly pendingRevocations: Pick<PendingRevocations, "list">;
}
