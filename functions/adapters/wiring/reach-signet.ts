import { SIGNET_SECRET } from "../../names.ts";
import type { DynamoTable } from "../dynamodb/dynamo-table.ts";
import { keysInTable } from "../dynamodb/published-seals.ts";
import { httpOwnSecret } from "../secrets-manager/http-own-secret.ts";
import { SecretSignet } from "../secrets-manager/secret-signet.ts";

/** Makes the signet of the function that seals, and starts to read its key without waiting for it. */
export function secretSignet(table: DynamoTable, nowMs: () => number): SecretSignet {
  const own = httpOwnSecret();
  const signet = new SecretSignet((stage) => own(SIGNET_SECRET, stage), keysInTable(table), nowMs);
  signet.warm();
  return signet;
}
