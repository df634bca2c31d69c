import type { Need } from "../../need.ts";
import type { Service } from "../../service.ts";
import { type JsonCall, jsonOperations, notThere } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

/**
 * Lists the needs of reading a table: on the catalog, the database and the table. Source: "Permissions reference", AWS
 * Glue Developer Guide.
 */
export function tableNeeds(
  action: string,
  database: string,
  table: string,
  { need, caller }: JsonCall,
): readonly Need[] {
  const within = `arn:aws:glue:${caller.region}:${caller.account}`;
  return ["catalog", `database/${database}`, `table/${database}/${table}`].map((resource) =>
    need(action, `${within}:${resource}`),
  );
}

/** Glue's Data Catalog: tables, without partitions. */
export const glueService = (all: AllWorkloads): Service =>
  jsonOperations("glue", "AWSGlue", all, {
    GetTable: (call) => {
      const [database, name] = [call.input.requiredText("DatabaseName"), call.input.requiredText("Name")];
      return {
        needs: tableNeeds("glue:GetTable", database, name, call),
        answer: () => {
          const location = call.workloads.tables.get(`${database}/${name}`);
          if (location === undefined) throw notThere("EntityNotFoundException", `table ${name}`);
          return { Table: { Name: name, DatabaseName: database, StorageDescriptor: { Location: location } } };
        },
      };
    },
    GetPartitions: (call) => {
      const [database, name] = [call.input.requiredText("DatabaseName"), call.input.requiredText("TableName")];
      return { needs: tableNeeds("glue:GetPartitions", database, name, call), answer: () => ({ Partitions: [] }) };
    },
  });
