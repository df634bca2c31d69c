import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DynamoSuspensions } from "../../functions/adapters/dynamodb/stops/dynamo-suspensions.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import type { Suspensions } from "../../functions/core/escalation/account-halt.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { DYNAMOS } from "../dynamos.ts";
import { FakeSuspensions } from "../fakes/revocation/escalation.ts";

const ACCOUNT = accountId("111122223333");

describe.each(["memory", ...DYNAMOS] as const)("the cap of suspensions in %s", (where) => {
  let suspensions: Suspensions;
  let accounts: LocalAccounts | undefined;
  let nowMs = Date.now();
  beforeAll(async () => {
    if (where === "memory") suspensions = new FakeSuspensions(() => nowMs);
    else {
      accounts = await startAccounts(Date.now, undefined, where);
      accounts.become("tester");
      suspensions = new DynamoSuspensions(sdkTable(accounts.scope.tableName), { nowMs: () => nowMs });
    }
  });
  afterAll(() => accounts?.close());

  it("accepts a limited number of detections of a rule in an account in an hour, and a repeated one again", async () => {
    const take = (detection: string, rule = "E4", account = ACCOUNT) => suspensions.take(rule, account, detection, 2);
    const accepted: boolean[] = [];
    for (const detection of ["a", "b", "c", "a", "b"]) accepted.push(await take(detection));
    expect(accepted).toEqual([true, true, false, true, true]);
    expect([await take("c", "E6"), await take("c", "E4", accountId("444455556666"))]).toEqual([true, true]);
    nowMs += 3_600_000;
    expect(await take("c")).toBe(true);
  });
});
