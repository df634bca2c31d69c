import { randomUUID } from "node:crypto";
import type { Need } from "../../need.ts";
import type { Service } from "../../service.ts";
import { type Buckets, storeObject } from "../buckets.ts";
import { tableNeeds } from "./glue.ts";
import { type JsonCall, jsonOperations, notThere } from "./json-operations.ts";
import type { AllWorkloads, FinishedQuery } from "./workloads.ts";

/** The only form of query: all rows of a table of CSV files. */
const QUERY = /^\s*SELECT \* FROM (\w+)\.(\w+)\s*;?\s*$/i;

/** Condition keys of the calls that Athena makes with the caller's rights. */
const FORWARDED = { "aws:ViaAWSService": "true", "aws:CalledVia": ["athena.amazonaws.com"] } as const;

/**
 * Athena. A query of a workgroup reads the catalog and the objects, and writes its result. A query has the rights of
 * the caller that starts it, and fails without them, as on AWS. Source: "Access to Amazon S3 from Athena", Athena User
 * Guide.
 */
export function athenaService(all: AllWorkloads, buckets: Buckets, now: () => number): Service {
  const onQuery = (action: string, answer: (query: FinishedQuery, id: string) => unknown) => (call: JsonCall) => {
    const id = call.input.requiredText("QueryExecutionId");
    const query = call.workloads.queries.get(id);
    if (!query) throw notThere("InvalidRequestException", `query ${id}`);
    const result = action === "athena:GetQueryResults" && query.output ? [readOf(query.output, call)] : [];
    return {
      needs: [call.need(action, call.arn(`workgroup/${query.workgroup}`)), ...result],
      answer: () => answer(query, id),
    };
  };
  return jsonOperations("athena", "AmazonAthena", all, {
    StartQueryExecution: (call) => {
      const workgroup = call.input.text("WorkGroup") ?? "primary";
      const sql = call.input.requiredText("QueryString");
      return {
        needs: [call.need("athena:StartQueryExecution", call.arn(`workgroup/${workgroup}`))],
        answer: async () => {
          const id = randomUUID();
          call.workloads.queries.set(id, { workgroup, ...(await run(sql, workgroup, id, call, buckets, now)) });
          return { QueryExecutionId: id };
        },
      };
    },
    GetQueryExecution: onQuery("athena:GetQueryExecution", ({ workgroup, output, failure }, id) => ({
      QueryExecution: {
        QueryExecutionId: id,
        WorkGroup: workgroup,
        Status: { State: failure === undefined ? "SUCCEEDED" : "FAILED", StateChangeReason: failure },
        ...(output === undefined ? {} : { ResultConfiguration: { OutputLocation: output } }),
      },
    })),
    GetQueryResults: onQuery("athena:GetQueryResults", ({ output = "" }) => ({
      ResultSet: {
        Rows: linesOf(buckets, output).map((line) => ({
          Data: line.split(",").map((value) => ({ VarCharValue: value })),
        })),
      },
    })),
  });
}

/** Runs a query. @returns the address of its result, or the reason of its failure. */
async function run(
  sql: string,
  workgroup: string,
  id: string,
  call: JsonCall,
  buckets: Buckets,
  now: () => number,
): Promise<Pick<FinishedQuery, "output" | "failure">> {
  const { caller, workloads } = call;
  const results = workloads.workgroups.get(workgroup);
  const [, database = "", table = ""] = QUERY.exec(sql) ?? [];
  if (results === undefined || table === "") return { failure: "The embedded Athena reads a whole table, no more." };
  const mayRead = async (needs: readonly Need[]): Promise<boolean> => {
    for (const need of needs)
      if (!(await caller.may({ ...need, context: { ...need.context, ...FORWARDED } }))) return false;
    return true;
  };
  if (!(await mayRead(tableNeeds("glue:GetTable", database, table, call))))
    return { failure: `Insufficient permissions to read the table ${database}.${table}` };
  const location = placeOf(workloads.tables.get(`${database}/${table}`) ?? "");
  const keys = [...(buckets.find(location.bucket)?.objects.keys() ?? [])].filter((key) => key.startsWith(location.key));
  const output = `${results}${id}.csv`;
  const list = s3Need("s3:ListBucket", location.bucket, "", call, { "s3:prefix": location.key });
  const reads = keys.map((key) => s3Need("s3:GetObject", location.bucket, key, call));
  const write = s3Need("s3:PutObject", placeOf(output).bucket, placeOf(output).key, call);
  if (!(await mayRead([list, ...reads, write]))) return { failure: "Access denied by Amazon S3" };
  const lines = keys.flatMap((key) => linesOf(buckets, `s3://${location.bucket}/${key}`));
  const bucket = buckets.find(placeOf(output).bucket);
  if (!bucket) return { failure: `The bucket of ${output} does not exist` };
  storeObject(bucket, placeOf(output).key, Buffer.from(lines.join("\n")), {}, now());
  return { output };
}

const readOf = (place: string, call: JsonCall): Need =>
  s3Need("s3:GetObject", placeOf(place).bucket, placeOf(place).key, call);

const s3Need = (action: string, bucket: string, key: string, { need }: JsonCall, context: Need["context"] = {}): Need =>
  need(action, `arn:aws:s3:::${bucket}${key === "" ? "" : `/${key}`}`, context);

function linesOf(buckets: Buckets, place: string): readonly string[] {
  const { bucket, key } = placeOf(place);
  const text = buckets.find(bucket)?.objects.get(key)?.body.toString("utf8") ?? "";
  return text.split("\n").filter((line) => line !== "");
}

/** Splits `s3://bucket/key`. */
function placeOf(text: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(text) ?? [];
  return { bucket, key };
}
