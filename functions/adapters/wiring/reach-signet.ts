import { SIGNET_SECRET } from "../../names.ts";
import { DynamoTable } from "../dynamodb/dynamo-table.ts";
import { keysInTable } from "../dynamodb/published-seals.ts";
import { SecretSignet } from "../secrets-manager/secret-signet.ts";

/** The signet of the function that seals; it is being read when this returns. */
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
