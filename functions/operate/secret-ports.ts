import type { Ports } from "../core/ports.ts";
import type { SecretHolds } from "../core/secrets/secret-hold.ts";
import type { SecretInventory } from "../core/secrets/secret-inventory.ts";

/** What operators see secrets through: no port of these has a way to a value. */
export interface SecretPorts extends Ports {
  readonly inventory: SecretInventory;
  readonly holds: SecretHolds;
}
