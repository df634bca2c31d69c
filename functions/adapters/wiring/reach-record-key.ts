import type { Deployment } from "../../core/deployment/deployment.ts";
import { signetSecret } from "../../hub-names.ts";
import { keysInTable } from "../dynamodb/journal/published-seals.ts";
import type { DynamoTable } from "../dynamodb/table/dynamo-table.ts";
import { httpOwnSecret } from "../secrets-manager/http-own-secret.ts";
import { SecretSignet } from "../secrets-manager/secret-record-key.ts";

/** Makes the signet of the function that seals, and starts to read its key without waiting for it. */
export function secretSignet(
  table: DynamoTable,
  deployment: Pick<Deployment, "prefix">,
  nowMs: () => number,
): SecretSignet {
  const own = httpOwnSecret();
  const signet = new SecretSignet((stage) => own(signetSecret(deployment), stage), keysInTable(table), nowMs);
  signet.warm();
  return signet;
}
