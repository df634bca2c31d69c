import type { SecretEntry, SecretInventory } from "../../../functions/core/secrets/secret-inventory.ts";

/** Fake inventory: descriptions of secrets, in memory. */
export class FakeInventory implements SecretInventory {
  readonly entries = new Map<string, SecretEntry>();
  before: (method: string) => void | Promise<void> = () => undefined;

  add(name: string, more: Partial<SecretEntry> = {}): SecretEntry {
    const arn = `arn:aws:secretsmanager:us-east-1:999900001111:secret:${name}-a1B2c3`;
    const entry: SecretEntry = {
      name,
      arn,
      exclusive: true,
      delivery: "value",
      isRotating: false,
      version: "v1",
      ...more,
    };
    this.entries.set(name, entry);
    return entry;
  }

  async list(): Promise<{ readonly secrets: readonly SecretEntry[] }> {
    await this.before("list");
    return { secrets: [...this.entries.values()] };
  }

  async find(name: string): Promise<SecretEntry | undefined> {
    await this.before("find");
    return this.entries.get(name);
  }
}
