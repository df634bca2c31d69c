import type { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";

/**
 * Bounds for hundreds of calls at once on a busy machine. The test's other calls cause the delays, not DynamoDB itself.
 */
export const PATIENT = { attempts: 3, connectMs: 60_000, attemptMs: 60_000 };

/** Makes the table over AWS's SDK, without a function's time limits. */
export const patientTable = (name: string): DynamoTable => sdkTable(name, PATIENT);
