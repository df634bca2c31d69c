import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { MARKER, type Workshop } from "../workshop.ts";

/** Secret that a probe made: its ARN, and its current and its pending version. */
export interface MadeSecret {
  readonly arn: string;
  readonly current: string;
  readonly pending: string;
}

/** Error where Secrets Manager answers with the ARN of another secret than the one that was made. */
class ForeignSecret extends Error {
  override readonly name = "ForeignSecret";
}

/** Makes a secret with a current and a pending version, as in the middle of a rotation. The values are no secrets. */
export async function makeSecret(workshop: Workshop): Promise<MadeSecret> {
  const name = workshop.name();
  const client = new SecretsManagerClient(workshop.settings);
  const [current, pending] = [randomUUID(), randomUUID()];
  const arn = await workshop.make(
    `secret ${name}`,
    async () => {
      const made = await client.send(
        new CreateSecretCommand({ Name: name, SecretString: `${MARKER} current`, ClientRequestToken: current }),
      );
      const own = workshop.arn("secretsmanager", `secret:${name}-`);
      if (made.ARN?.startsWith(own) && /^\w{6}$/.test(made.ARN.slice(own.length))) return made.ARN;
      throw new ForeignSecret();
    },
    () => client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true })),
  );
  await client.send(
    new PutSecretValueCommand({
      SecretId: name,
      SecretString: `${MARKER} pending`,
      ClientRequestToken: pending,
      VersionStages: ["AWSPENDING"],
    }),
  );
  return { arn, current, pending };
}
