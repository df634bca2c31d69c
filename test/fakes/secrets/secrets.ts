import type { ManagedSecret, Secrets, SecretValue } from "../../../functions/core/secrets/managed-secret.ts";

/** Fake secrets, in memory. */
export class FakeSecrets implements Secrets {
  readonly secrets = new Map<string, ManagedSecret & { readonly value: string }>();
  before: (method: string) => void | Promise<void> = () => undefined;

  add(name: string, value: string, more: Partial<ManagedSecret> = {}): void {
    const arn = `arn:aws:secretsmanager:us-east-1:999900001111:secret:${name}-a1B2c3`;
    this.secrets.set(name, { name, arn, exclusive: false, delivery: "value", ...more, value });
  }

  async find(name: string): Promise<ManagedSecret | undefined> {
    await this.before("find");
    const { value: _value, ...secret } = this.secrets.get(name) ?? {};
    return "arn" in secret ? (secret as ManagedSecret) : undefined;
  }

  async read({ name }: ManagedSecret): Promise<SecretValue> {
    await this.before("read");
    return { versionId: "version-1", text: this.secrets.get(name)?.value ?? "" };
  }
}
