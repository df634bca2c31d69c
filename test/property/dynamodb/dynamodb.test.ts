import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { dynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { hasDynoxide } from "../../../local/emulator/dynamodb/dynoxide.ts";
import { answerOf, createTable } from "./answer-of.ts";
import { anyOperation } from "./any-operations.ts";

/** Sequences of operations; 2,000 of them were compared once. */
const RUNS = 100;

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
            await answerOf(dynoxide, operation.name, input),
            await answerOf(inProcess, operation.name, input),
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
