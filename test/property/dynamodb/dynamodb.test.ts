import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { type DynamoBackends, dynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { hasDynoxide } from "../../../local/emulator/dynamodb/dynoxide.ts";
import { anyOperation, type Operation } from "./any-operations.ts";

/** Sequences of operations; 2,000 of them were compared once. */
const RUNS = 100;
const ACCOUNT = "111122223333";

// dynoxide, which was written by others, exists for Linux on x64 alone.
describe.runIf(hasDynoxide())("the DynamoDB in process", () => {
  const [dynoxide, inProcess] = [dynamoBackends("dynoxide"), dynamoBackends("in-process")];
  afterAll(() => Promise.all([dynoxide.close(), inProcess.close()]));
  let tables = 0;

  it("answers any sequence of operations as dynoxide does", async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { minLength: 5, maxLength: 25 }), async (operations) => {
        tables += 1;
        const table = `table-${tables}`;
        for (const backend of [dynoxide, inProcess]) await createTable(backend, table);
        for (const operation of operations) {
          const input = operation.input(table);
          const [theirs, ours] = [
            await answerOf(dynoxide, operation, input),
            await answerOf(inProcess, operation, input),
          ];
          expect({ input, answer: ours }).toEqual({ input, answer: theirs });
          const outcome = `${operation.name} ${"type" in ours ? ours.type : "done"}`;
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        }
      }),
      { numRuns: RUNS },
    );
    // Without these outcomes the property would hold for calls that all fail.
    for (const outcome of [
      "PutItem done",
      "UpdateItem done",
      "TransactWriteItems done",
      "UpdateItem ConditionalCheckFailedException",
    ])
      expect(seen.get(outcome), outcome).toBeGreaterThan(5);
  });
});

const createTable = (backend: DynamoBackends, TableName: string) =>
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
 * The answer without the parts that may differ. The words of an error, the order of sets, and the order of items
 * without a sort key are left out.
 */
async function answerOf(backend: DynamoBackends, { name }: Operation, input: object): Promise<object> {
  const { status, body } = await backend.send(ACCOUNT, name, input);
  const answer = inOrder(JSON.parse(body)) as Record<string, unknown>;
  if (status !== 200) {
    const reasons = answer.CancellationReasons as readonly { Code: string; Item?: object }[] | undefined;
    const type = String(answer.__type).split("#")[1];
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
