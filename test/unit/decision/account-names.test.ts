import { describe, expect, it } from "vitest";
import { accountInWords } from "../../../contract/decision/account-names.ts";
import { mayInWords } from "../../../contract/decision/may-in-words.ts";
import { grantInWords, namedGrantInWords } from "../../../contract/decision/request-in-words.ts";
import { ACCOUNT_NAME } from "../../../contract/names.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { accountNames } from "../../../functions/core/deployment/account-names.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";

const NAMES = { "111122223333": "Payments" };
const GRANT = { type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: ["*"] };

describe("the name of an account", () => {
  it("is beside the 12 digits, and never in their place", () => {
    expect(accountInWords("111122223333", NAMES)).toBe("111122223333 (Payments)");
    expect(accountInWords("444455556666", NAMES)).toBe("444455556666");
    expect(accountInWords("constructor", NAMES)).toBe("constructor");
    expect(namedGrantInWords(GRANT, NAMES).title).toBe("Call AWS in account 111122223333 (Payments)");
    expect(mayInWords([GRANT], NAMES)).toContain("111122223333 (Payments)");
    expect(grantInWords(GRANT).title).toBe("Call AWS in account 111122223333");
  });

  it.each(["Payments", "payments-prod 2", "A", "x".repeat(40)])("has the form of %s", (name) => {
    expect(ACCOUNT_NAME.test(name)).toBe(true);
  });

  it.each([
    "",
    " Payments",
    "Payments ",
    "444455556666",
    "a444455556666",
    "12",
    "x".repeat(41),
    "a\nb",
    "a\u202eb",
    "<b>",
    "Päyments",
  ])("has not the form of %j", (name) => {
    expect(ACCOUNT_NAME.test(name)).toBe(false);
  });

  it("is in an answer for the accounts that the answer shows alone", () => {
    const region = regionNamed("eu-central-1");
    const accounts = [
      { id: accountId("111122223333"), name: "Payments", region, taskRoles: 1 },
      { id: accountId("444455556666"), name: "Secret project", region, taskRoles: 1 },
      { id: accountId("777788889999"), region, taskRoles: 1 },
    ];
    expect(accountNames(["111122223333", "777788889999"], { accounts })).toEqual({ account_names: NAMES });
    expect(accountNames(["777788889999"], { accounts })).toEqual({});
  });
});
