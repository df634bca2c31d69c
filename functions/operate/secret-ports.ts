import type { Ports } from "../core/ports.ts";
import type { SecretHolds } from "../core/secrets/secret-hold.ts";
import type { SecretInventory } from "../core/secrets/secret-inventory.ts";
import type { Releases } from "../core/tasks/releases.ts";

/** What operators see secrets, and what connectors have issued, through: no port of these has a way to a value. */
export interface SecretPorts extends Ports {
  readonly inventory: SecretInventory;
  readonly holds: SecretHolds;
  readonly releases: Pick<Releases, "list">;
}
