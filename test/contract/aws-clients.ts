import type { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { httpTable } from "../../functions/adapters/dynamodb/table/http-table-client.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import type { AssumeRole } from "../../functions/adapters/sts/assume-role.ts";
import { sdkAssumeRole } from "../../functions/adapters/sts/aws-probe-sessions.ts";
import { httpAssumeRole } from "../../functions/adapters/sts/http-assume-role.ts";

/** Clients of AWS that the functions use. One contract holds for both. */
export interface AwsClients {
  table(name: string): DynamoTable;
  assumeRole(): AssumeRole;
}

export const AWS_CLIENTS: readonly (readonly [string, AwsClients])[] = [
  ["the SDK", { table: sdkTable, assumeRole: () => sdkAssumeRole(3_000) }],
  ["the small client", { table: httpTable, assumeRole: httpAssumeRole }],
];
