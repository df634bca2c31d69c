import type { AttributeValue, Item } from "../table-change.ts";

/** One item, or one partition, that a call touches in a table. */
export interface Touch {
  /** The IAM action, without its service: `PutItem` within TransactWriteItems. */
  readonly action: string;
  /** Table name or ARN, as the caller wrote it. */
  readonly table: string;
  readonly index?: string;
  /** An item or a key, which has the partition key's value. */
  readonly item?: Item;
  /** Condition with the partition key; only for a Query. */
  readonly query?: QueryInput;
  /** Change that a success makes. */
  readonly change?: { readonly operation: "Put" | "Update" | "Delete"; readonly item: Item };
}

export interface QueryInput {
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
  readonly KeyConditions?: Readonly<
    Record<string, { AttributeValueList?: AttributeValue[]; ComparisonOperator?: string }>
  >;
}

interface Single extends QueryInput {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Item?: Item;
  readonly Key?: Item;
}
interface BatchGet {
  readonly RequestItems: Readonly<Record<string, { Keys: Item[] }>>;
}
interface BatchWrite {
  readonly RequestItems: Readonly<Record<string, { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>>;
}
interface TransactGet {
  readonly TransactItems: readonly { Get: Single }[];
}
interface TransactWrite {
  readonly TransactItems: readonly { Put?: Single; Update?: Single; Delete?: Single; ConditionCheck?: Single }[];
}

type Reader = (input: never) => readonly Touch[];

/** Readers of the items that a data operation touches, each with its IAM action; a transaction is authorised as its parts. */
const READERS: Readonly<Record<string, Reader>> = {
  GetItem: (input: Single) => [single("GetItem", input)],
  PutItem: (input: Single) => [single("PutItem", input, "Put")],
  UpdateItem: (input: Single) => [single("UpdateItem", input, "Update")],
  DeleteItem: (input: Single) => [single("DeleteItem", input, "Delete")],
  Query: (input: Single) => [
    { action: "Query", table: input.TableName, query: input, ...(input.IndexName ? { index: input.IndexName } : {}) },
  ],
  Scan: (input: Single) => [
    { action: "Scan", table: input.TableName, ...(input.IndexName ? { index: input.IndexName } : {}) },
  ],
  BatchGetItem: (input: BatchGet) =>
    Object.entries(input.RequestItems).flatMap(([table, { Keys }]) =>
      Keys.map((item) => ({ action: "BatchGetItem", table, item })),
    ),
  BatchWriteItem: (input: BatchWrite) =>
    Object.entries(input.RequestItems).flatMap(([table, writes]) => writes.map((write) => batchWrite(table, write))),
  TransactGetItems: (input: TransactGet) => input.TransactItems.map(({ Get }) => single("GetItem", Get)),
  TransactWriteItems: (input: TransactWrite) => input.TransactItems.map(transactWrite),
};

/** Lists the items that a data operation touches; nothing for other operations. @throws {ServiceError} for input of another shape. */
export function touchesOf(operation: string, input: object): readonly Touch[] | undefined {
  const reader = Object.hasOwn(READERS, operation) ? READERS[operation] : undefined;
  return reader?.(input as never);
}

function single(action: string, input: Single, operation?: "Put" | "Update" | "Delete"): Touch {
  const item = input.Item ?? input.Key ?? {};
  const table = input.TableName;
  return operation === undefined ? { action, table, item } : { action, table, item, change: { operation, item } };
}

function batchWrite(table: string, write: BatchWrite["RequestItems"][string][number]): Touch {
  const item = write.PutRequest?.Item ?? write.DeleteRequest?.Key ?? {};
  return {
    action: "BatchWriteItem",
    table,
    item,
    change: { operation: write.PutRequest ? "Put" : "Delete", item },
  };
}

function transactWrite(part: TransactWrite["TransactItems"][number]): Touch {
  if (part.Put) return single("PutItem", part.Put, "Put");
  if (part.Update) return single("UpdateItem", part.Update, "Update");
  if (part.Delete) return single("DeleteItem", part.Delete, "Delete");
  if (part.ConditionCheck) return single("ConditionCheckItem", part.ConditionCheck);
  throw new TypeError("a part of a transaction must be one of Put, Update, Delete and ConditionCheck");
}
