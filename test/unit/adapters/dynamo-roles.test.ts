import { describe, expect, it } from "vitest";
import { DynamoRoles } from "../../../functions/adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { Item } from "../../../functions/adapters/dynamodb/table/raw-item.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";

const NOW = 1_764_000_000;
const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" };
const PATH = "k7f3m2q9x4ab.";
const ENTRY = { agent: "demo", openedAt: NOW - 60, startedAt: NOW - 60, fenceAt: NOW + 840 };
const LIVING: Item = { ...ENTRY, sk: PATH };
const ENDED: Item = { ...ENTRY, sk: `LEAF#${NOW - 1}#${PATH}` };

/**
 * A task that is alive at one read and has ended at the next. Of the ending's transaction, one part may show before the
 * other.
 */
class MovingTable extends DynamoTable {
  #reads = 0;
  readonly #shows: (reads: number) => readonly ("living" | "ended")[];

  constructor(shows: (reads: number) => readonly ("living" | "ended")[]) {
    super("valetkey", { send: () => Promise.reject(new Error("no read of this test calls DynamoDB")) });
    this.#shows = shows;
  }

  #see(): readonly string[] {
    this.#reads += 1;
    return this.#shows(this.#reads);
  }

  override async query(): Promise<readonly Item[]> {
    const seen = this.#see();
    return seen.includes("living") ? [LIVING] : [];
  }

  override async *lastFirst(_: string, { from }: { readonly from: string }): AsyncGenerator<readonly Item[]> {
    const seen = this.#see();
    yield seen.includes("ended") && from.startsWith("LEAF") ? [ENDED] : [];
  }
}

const endsAfter = (read: number) => new MovingTable((reads) => (reads <= read ? ["living"] : ["ended"]));

describe("I5: a task that ends while its role is read", () => {
  it.each([0, 1, 2, 3])("is among what was issued there, wherever it is listed after %d reads", async (read) => {
    const issued = await new DynamoRoles(endsAfter(read)).issued(ROLE, NOW);
    expect(issued.map(({ path }) => path)).toEqual([PATH]);
  });

  it("has ended where it is seen in both places", async () => {
    const roles = new DynamoRoles(new MovingTable(() => ["living", "ended"]));
    const ended = [{ ...ENTRY, path: PATH, endedAt: NOW - 1 }];
    expect(await roles.snapshot(ROLE, NOW)).toEqual({ entries: ended, isWhole: true });
    expect(await roles.issued(ROLE, NOW)).toEqual(ended);
  });
});
