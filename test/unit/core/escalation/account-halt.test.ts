import { expect, test } from "vitest";
import { DEPLOYMENT } from "../../../../fakes/fake-world.ts";
import { isInForce } from "../../../../functions/core/escalation/account-halt.ts";

const AT = Date.UTC(2027, 0, 1, 10) / 1_000;

test.each([
  ["is never lifted", undefined, true],
  ["is lifted before it", "2027-01-01T09:59:59Z", true],
  ["is lifted in its second", "2027-01-01T10:00:00Z", false],
  ["is lifted at a time that nobody can read", "2027-99-01T10:00:00Z", true],
])("A halt of an account that %s is in force: %s, %s", (_, haltLiftedAt, isHalted) => {
  const accounts = DEPLOYMENT.accounts.map((account) => ({ ...account, haltLiftedAt }));
  const account = accounts[0]?.id ?? "";
  expect(isInForce({ account, at: AT, by: "escalation:E3:x" }, accounts)).toBe(isHalted);
});
