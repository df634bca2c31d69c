import type { DynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";

const ACCOUNT = "111122223333";

/** Answer of a DynamoDB without the parts in which two DynamoDBs may differ. */
export interface ComparedAnswer {
  readonly status?: number;
  readonly answer?: object;
  /** Items of an answer without an order, each as JSON. */
  readonly items?: readonly string[];
  /** Code of an error, with its item and the reasons of a cancelled transaction. */
  readonly type?: string;
  readonly item?: unknown;
  readonly reasons?: readonly { readonly Code: string; readonly Item?: object | undefined }[] | undefined;
}

/** Creates a table with a partition key `pk` and a sort key `sk`, both texts. */
export const createTable = (backend: DynamoBackends, TableName: string) =>
  backend.send(ACCOUNT, "CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  });

/**
 * Sends an operation, and returns the answer without the parts that may differ. The words of an error, the order of
 * sets, and the order of items without a sort key are left out.
 */
export async function answerOf(backend: DynamoBackends, name: string, input: object): Promise<ComparedAnswer> {
  const { status, body } = await backend.send(ACCOUNT, name, input);
  const answer = inOrder(JSON.parse(body)) as Record<string, unknown>;
  if (status !== 200) {
    const reasons = answer.CancellationReasons as NonNullable<ComparedAnswer["reasons"]> | undefined;
    const type = String(answer.__type).split("#")[1] ?? String(answer.__type);
    return { type, item: answer.Item, reasons: reasons?.map(({ Code, Item }) => ({ Code, Item })) };
  }
  if (name === "Scan" || name === "BatchGetItem") return { status, items: sorted(answer) };
  return { status, answer };
}

function sorted(answer: Record<string, unknown>): readonly string[] {
  const [responses = []] = Object.values((answer.Responses ?? {}) as Record<string, object[]>);
  const items = (answer.Items as object[] | undefined) ?? responses;
  return items.map((item) => JSON.stringify(item)).sort();
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]): [string, unknown] => {
    const isSet = ["SS", "NS"].includes(name) && Array.isArray(each);
    return [name, isSet ? [...each].sort() : inOrder(each)];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
