import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { LABEL_LIMITS } from "../../../contract/limits.ts";
import { DynamoHolds, holdWrites } from "../../../functions/adapters/dynamodb/holds/dynamo-holds.ts";
import { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { type Hold, UNTIL_REVOKED } from "../../../functions/core/holds/holds.ts";
import { diesBy } from "../../../functions/core/revocation/role-entry.ts";
import { knownPath } from "../../../functions/core/task-path.ts";

const AT = 1_764_000_000;
const HOLD: Hold = {
  ...{ scope: "agent", holder: "demo", label: "payroll" },
  ...{ fenceAt: UNTIL_REVOKED, task: knownPath("k7f3m2q9x4ab_"), leases: { names: ["postgres-0"], startedAt: AT } },
};

/** Table that reads the item, and whose transactions fail at the given writes. */
function tableFailing(codes: readonly string[], Item?: object) {
  const sent: (readonly [string, unknown])[] = [];
  const send = async (operation: string, input: unknown) => {
    sent.push([operation, input]);
    if (operation !== "TransactWriteItems") return { Item };
    const CancellationReasons = codes.map((Code) => ({ Code }));
    throw new TransactionCanceledException({ $metadata: {}, message: "cancelled", CancellationReasons });
  };
  return { sent, holds: new DynamoHolds(new DynamoTable("table", { send } as never)) };
}

it("lets the table forget a hold only once no window holds it, and never one that only a revocation ends", () => {
  const table = new DynamoTable("table", { send: () => Promise.reject(new Error("nothing is sent")) } as never);
  const ttlOf = (hold: Hold) => holdWrites(table, [hold])[0]?.item.Put?.Item?.ttl?.N;
  const { leases: _, ...session } = { ...HOLD, fenceAt: AT };
  for (const hold of [session, { ...HOLD, fenceAt: AT }])
    expect(Number(ttlOf(hold))).toBeGreaterThanOrEqual(diesBy({ fenceAt: AT }) + LABEL_LIMITS.window);
  expect(ttlOf(HOLD)).toBeUndefined();
});

it("I11: ends no hold whose lease is planned anew between the read and the write", async () => {
  const { sent, holds } = tableFailing(["ConditionalCheckFailed", "None", "None"]);
  expect(await holds.end(HOLD, AT)).toBe(false);
  expect(sent.map(([operation]) => operation)).toEqual(["GetItem", "TransactWriteItems"]);
  expect(sent[0]?.[1]).toMatchObject({ ConsistentRead: true });
  expect(sent[1]?.[1]).toMatchObject({
    TransactItems: [
      {
        ConditionCheck: {
          Key: { pk: { S: expect.stringMatching(/^REVOCATION#/) }, sk: { S: "k7f3m2q9x4ab_#postgres-0" } },
          ConditionExpression: "attribute_not_exists(pk)",
        },
      },
      { Delete: { Key: { pk: { S: "HOLD#payroll#agent#demo" } } } },
      { Put: { Item: { sk: { S: `${AT}#k7f3m2q9x4ab_` } } } },
    ],
  });
});

it("disturbs no revocation by a transaction on its record, while it is pending", async () => {
  const { sent, holds } = tableFailing(["TransactionConflict", "None", "None"], { v: { N: "1" } });
  expect(await holds.end(HOLD, AT)).toBe(false);
  expect(sent.map(([operation]) => operation)).toEqual(["GetItem"]);
});
