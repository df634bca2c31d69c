import type { DynamoTable } from "../../functions/adapters/dynamodb/dynamo-table.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/sdk-table-client.ts";

/** Bounds for hundreds of calls at once on a busy machine: DynamoDB itself does not keep a function waiting, the other calls of a test do. */
export const PATIENT = { attempts: 3, connectMs: 60_000, attemptMs: 60_000 };

/** Makes the table over AWS's SDK, without the bounds of a function. */
export const patientTable = (name: string): DynamoTable => sdkTable(name, PATIENT);
