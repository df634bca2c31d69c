import { describe, expect, it } from "vitest";
import type { Account } from "../../../functions/core/deployment/deployment.ts";
import { detailsOfEntry } from "../../../functions/explain/details-of-entry.ts";
import { readBundle } from "../../../functions/policy/bundle.ts";
import type { ReachCondition, ReachPermit } from "../../../functions/policy/reach/reach-of.ts";
import { policyFolder, rule } from "./run-policy.ts";

const { catalogue } = readBundle(policyFolder({ "a.cedar": rule({ id: "reads" }) }));

const ARN = { of: "resource.arn", in: "arn:aws:s3:::acme-data/*" };
const READS: ReachPermit = {
  actions: ["s3:GetObject", "s3:GetObjectTagging"],
  on: "AWS::Resource",
  where: [ARN],
  accounts: ["111122223333", "444455556666"],
  needs: {},
};
const SEARCHES: ReachPermit = {
  actions: ["tool:Call"],
  on: "Tool",
  where: [
    { of: "resource.server", in: "tickets" },
    { of: "resource.name", in: "search" },
  ],
  needs: {},
};

const accounts = ["111122223333", "444455556666", "777788889999"].map(
  (id) => ({ id, region: "eu-central-1" }) as Account,
);
const detailsOf = (entry: ReachPermit) => detailsOfEntry(entry, { catalogue, accounts });
const where = (...conditions: readonly ReachCondition[]): ReachPermit => ({ ...READS, where: conditions });

describe("the details of an entry of a reach", () => {
  it("are one for each account in which the entry may be granted", () => {
    const detail = { type: "aws", actions: ["s3:GetObject", "s3:GetObjectTagging"], resources: [ARN.in] };
    expect(detailsOf(READS)).toEqual([
      { ...detail, account: "111122223333" },
      { ...detail, account: "444455556666" },
    ]);
  });

  it("are in the account that the ARN names", () => {
    const queue = where({ of: "resource.arn", in: "arn:aws:sqs:eu-central-1:444455556666:q" });
    expect(detailsOf(queue)).toMatchObject([{ account: "444455556666" }]);
  });

  it("are there for a permit with conditions on the request, since a ceiling grants nothing by itself", () => {
    expect(detailsOf({ ...READS, given: [{ holds: "context.mfa" }] })).toHaveLength(2);
  });

  it("name the tool of a server", () => {
    expect(detailsOf(SEARCHES)).toEqual([{ type: "tool", server: "tickets", tools: ["search"] }]);
  });

  it.each([
    ["a group of actions", { ...READS, actions: ["s3:Read"] }],
    ["every action", { ...READS, actions: ["*"] }],
    ["more actions than a detail may have", { ...READS, actions: Array.from({ length: 51 }, () => "s3:GetObject") }],
    ["no ARN", where({ of: "resource.account", in: "111122223333" })],
    ["two ARNs that must both match", where(ARN, { of: "resource.arn", in: "arn:aws:s3:::*/x" })],
    ["an ARN that must not match", where({ of: "resource.arn", not_in: "arn:aws:s3:::*" })],
    ["a condition on a tag", where(ARN, { of: "resource.tags.team", in: "data" })],
    ["an expression", where(ARN, { holds: "resource.x" })],
    ["a pattern that is no ARN", where({ of: "resource.arn", in: "arn:aws:s3*" })],
    ["a literal asterisk", where({ of: "resource.arn", in: "arn:aws:s3:::a/$" + "{*}" })],
    ["an ARN of another partition", where({ of: "resource.arn", in: "arn:aws-cn:s3:::a/*" })],
    ["too many accounts", { ...READS, accounts: Array.from({ length: 11 }, () => "111122223333") }],
    ["a resource of any type", { ...READS, on: "*" }],
    [
      "a tool by a pattern",
      {
        ...SEARCHES,
        where: [
          { of: "resource.server", in: "tickets" },
          { of: "resource.name", in: "s*" },
        ],
      },
    ],
    ["every tool of a server", { ...SEARCHES, where: [{ of: "resource.server", in: "tickets" }] }],
    ["another action on a tool", { ...SEARCHES, actions: ["tool:List"] }],
  ])("are none for %s", (_, entry) => {
    expect(detailsOf(entry)).toEqual([]);
  });
});
