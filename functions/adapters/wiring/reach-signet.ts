import { SIGNET_SECRET } from "../../names.ts";
import { DynamoTable } from "../dynamodb/dynamo-table.ts";
import { keysInTable } from "../dynamodb/published-seals.ts";
import { SecretSignet } from "../secrets-manager/secret-signet.ts";

/** Makes the signet of the function that seals, and starts to read its key without waiting for it. */
export function secretSignet(table: string, nowMs: () => number): SecretSignet {
  const manager = import("../secrets-manager/secrets-manager.ts").then(({ SecretsManager }) => new SecretsManager());
  const signet = new SecretSignet(
    async (stage) => (await manager).ownAt(SIGNET_SECRET, stage),
    keysInTable(new DynamoTable(table)),
    nowMs,
  );
  signet.warm();
  return signet;
}
