import { ServiceError } from "../../service-error.ts";
import type { BackendAnswer } from "../over-http.ts";
import { batchGet, batchWrite, transactGet } from "./batches.ts";
import { getItem, query, scan } from "./reads.ts";
import { Tables } from "./tables.ts";
import { Transactions } from "./transactions.ts";
import { performWrite } from "./writes.ts";

type Operation = (input: unknown, region: string) => object;

/** Performs one operation, on JSON or on its parsed input, and answers as DynamoDB would over the wire. */
export type InProcessDynamoDb = (operation: string, input: string | object, region: string) => BackendAnswer;

/**
 * Makes the DynamoDB of one account, in memory: for machines without dynoxide. It has what valetkey uses: no indexes,
 * no list elements in paths, no PartiQL, no check for reserved words. An operation is done before the next one begins,
 * so none ever conflicts with another.
 * @param now epoch milliseconds; by which request tokens are forgotten.
 */
export function inProcessDynamoDb(account: string, now: () => number = Date.now): InProcessDynamoDb {
  const tables = new Tables(account, now);
  const transactions = new Transactions(tables, now);
  const operations = new Map<string, Operation>([
    ["CreateTable", (input, region) => tables.create(input, region)],
    ["DescribeTable", (input, region) => tables.describe(input, region)],
    ["DeleteTable", (input, region) => tables.delete(input, region)],
    ["ListTables", (input) => tables.list(input)],
    ["GetItem", (input) => getItem(input, tables)],
    ["PutItem", (input) => performWrite("Put", input, tables)],
    ["UpdateItem", (input) => performWrite("Update", input, tables)],
    ["DeleteItem", (input) => performWrite("Delete", input, tables)],
    ["Query", (input) => query(input, tables)],
    ["Scan", (input) => scan(input, tables)],
    ["BatchGetItem", (input) => batchGet(input, tables)],
    ["BatchWriteItem", (input) => batchWrite(input, tables)],
    ["TransactGetItems", (input) => transactGet(input, tables)],
    ["TransactWriteItems", (input) => transactions.write(input)],
  ]);
  return (operation, input, region) => {
    try {
      const perform = operations.get(operation);
      if (!perform) throw new ServiceError("UnknownOperationException", `No operation ${operation} in process`, 400);
      return answer(200, perform(typeof input === "string" ? parsed(input) : input, region));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { code, message, status, fields } = error;
      return answer(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message, ...fields });
    }
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ServiceError("SerializationException", "The request body is not JSON", 400);
  }
}

const answer = (status: number, body: object): BackendAnswer => ({ status, headers: {}, body: JSON.stringify(body) });
