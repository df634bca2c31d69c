import type { Deployment } from "../../core/deployment/deployment.ts";
import { recordKeySecret } from "../../hub-names.ts";
import { keysInTable } from "../dynamodb/journal/published-seals.ts";
import type { DynamoTable } from "../dynamodb/table/dynamo-table.ts";
import { httpOwnSecret } from "../secrets-manager/http-own-secret.ts";
import { SecretRecordKey } from "../secrets-manager/secret-record-key.ts";

/** Makes the record key of the function that seals, and starts to read its key without waiting for it. */
export function secretRecordKey(
  table: DynamoTable,
  deployment: Pick<Deployment, "prefix">,
  nowMs: () => number,
): SecretRecordKey {
  const own = httpOwnSecret();
  const recordKey = new SecretRecordKey((stage) => own(recordKeySecret(deployment), stage), keysInTable(table), nowMs);
  recordKey.warm();
  return recordKey;
}
