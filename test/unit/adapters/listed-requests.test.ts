import { expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { readRequests } from "../../../functions/adapters/dynamodb/approvals/approval-items.ts";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";

/** Table with an endless list of requests. Counts the pages that are read. */
function endless() {
  const read = { pages: 0 };
  const lastFirst = async function* (_: string, { most }: { readonly most: number }) {
    for (;;) {
      read.pages += 1;
      if (read.pages > 20) throw new Error("reads without end");
      yield Array.from({ length: most }, (_each, nth) => ({ sk: `AT#9#k7f3m2q9x4ab${String(nth).padStart(4, "0")}` }));
    }
  };
  return { read, table: { lastFirst } as never as DynamoTable };
}

it.each([
  [10, 1],
  [256, 1],
  [300, 2],
  [2_001, 8],
])("reads no page of an agent's list beyond a bound of %i requests", async (most, pages) => {
  const { read, table } = endless();
  const listed = await readRequests(table, agentId("demo"), undefined, { from: 0, until: 9 }, most);
  expect(listed).toHaveLength(most);
  expect(read.pages).toBe(pages);
});
