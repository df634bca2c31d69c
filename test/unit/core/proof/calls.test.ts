import { describe, expect, it } from "vitest";
import { ACCOUNT, AT, allow, answerTo, deny, PERMIT, textOf, when } from "./ask.ts";

const PLAIN = {
  account: ACCOUNT,
  tags: {},
  keys: {},
  conditions: {},
  atSeconds: AT,
  from: "the asker's address",
  objection: "no permit",
  told: "none",
};
const TEAM = "aws:ResourceTag/team";

describe("a call that refutes a text", () => {
  it("has the tags, keys and conditions that it needs, and no others", () => {
    const condition = {
      StringEquals: { "s3:ExistingObjectTag/team": "a", "s3:x": "1" },
      Bool: { "aws:SecureTransport": "true" },
    };
    expect(answerTo(textOf(allow("s3:GetObject", "arn:aws:s3:::acme/*", condition)), [])).toEqual({
      verdict: "counterexample",
      call: {
        ...PLAIN,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::acme/",
        told: "s3:ExistingObjectTag",
        tags: { team: "a" },
        keys: { "s3:x": "1" },
        conditions: { '["Bool","aws:securetransport",["true"]]': true },
      },
    });
  });

  it("is about the session's account where the action has no resources", () => {
    expect(answerTo(textOf(allow("s3:ListAllMyBuckets", "*")), [])).toEqual({
      verdict: "counterexample",
      call: { ...PLAIN, action: "s3:ListAllMyBuckets", resource: "*" },
    });
  });

  it("has the account of its ARN, or one of those that it may have", () => {
    const instance = "arn:aws:ec2:us-east-1:444455556666:instance/i-0";
    expect(answerTo(textOf(allow("ec2:StartInstances", instance)), [])).toEqual({
      verdict: "counterexample",
      call: { ...PLAIN, action: "ec2:StartInstances", resource: instance, account: "444455556666" },
    });
    const other = { StringNotEquals: { "aws:ResourceAccount": ACCOUNT }, StringLike: { "aws:ResourceAccount": "*" } };
    expect(answerTo(textOf(allow("s3:DeleteObject", "arn:aws:s3:::acme/x", other)), [])).toEqual({
      verdict: "counterexample",
      call: {
        ...PLAIN,
        action: "s3:DeleteObject",
        resource: "arn:aws:s3:::acme/x",
        account: expect.not.stringMatching(ACCOUNT),
        conditions: { "that IAM is told aws:ResourceAccount": true },
      },
    });
  });

  it("has the tags that IAM sees under another spelling among its keys", () => {
    const text = textOf(
      allow("ec2:StartInstances", `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`, { StringEquals: { [TEAM]: "a" } }),
    );
    expect(answerTo(text, [when("permit", 'resource.tags.team == "b"')], { spelling: "another" })).toEqual({
      verdict: "counterexample",
      call: {
        ...PLAIN,
        action: "ec2:StartInstances",
        told: "aws:ResourceTag",
        keys: { [TEAM]: "a" },
        resource: `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/`,
      },
    });
  });

  it("has no tag that it may do without", () => {
    const loose = { StringEqualsIfExists: { "s3:ExistingObjectTag/team": "a" } };
    const answer = answerTo(textOf(allow("s3:GetObject", "arn:aws:s3:::acme/x", loose)), []);
    expect(answer).toStrictEqual({
      verdict: "counterexample",
      call: { ...PLAIN, action: "s3:GetObject", resource: "arn:aws:s3:::acme/x", told: "s3:ExistingObjectTag" },
    });
  });

  it("is of the session's account alone where the action has no resources", () => {
    const own = (account: string) =>
      answerTo(textOf(allow("s3:ListAllMyBuckets", "*", { StringEquals: { "aws:ResourceAccount": account } })), []);
    expect(own("444455556666")).toEqual({ verdict: "proven" });
    expect(own(ACCOUNT)).toMatchObject({ verdict: "counterexample", call: { account: ACCOUNT } });
  });

  it.each([
    "resource is AWS::Account",
    `resource == AWS::Account::"${ACCOUNT}"`,
    `resource in AWS::Account::"${ACCOUNT}"`,
    `resource.account == "${ACCOUNT}"`,
  ])("is put to Cedar about the account where the action has no resources: %s", (condition) => {
    const text = textOf(allow("s3:ListAllMyBuckets", "*"));
    const permit = (effect: string) => `permit (principal, action, resource) ${effect} { ${condition} };`;
    expect(answerTo(text, [permit("when")])).toEqual({ verdict: "proven" });
    expect(answerTo(text, [permit("unless")])).toMatchObject({ call: { objection: "no permit" } });
  });

  it("names the target that IAM gets where it names no resource", () => {
    const [action, rds] = ["rds:DescribeDBInstances", `arn:aws:rds:eu-west-1:${ACCOUNT}`];
    const text = textOf(allow(action, `${rds}:db:*`), deny(action, `${rds}:db:prod*`));
    expect(answerTo(text, [PERMIT, when("forbid", `resource.arn like "${rds}:db:prod*"`)])).toEqual({
      verdict: "counterexample",
      call: { ...PLAIN, action, resource: `${rds}:db:prod`, askedAs: `${rds}:db:*`, objection: { forbid: "p1" } },
    });
  });

  it("names where it comes from", () => {
    expect(answerTo(textOf(allow("s3:GetObject", "arn:aws:s3:::acme/x")), [`@bindIp("x") ${PERMIT}`])).toEqual({
      verdict: "counterexample",
      call: { ...PLAIN, action: "s3:GetObject", resource: "arn:aws:s3:::acme/x", from: "elsewhere" },
    });
  });

  it("takes the tag with the name `undefined` for a tag", () => {
    const forbid = when("forbid", 'resource.tags["undefined"] == "x"');
    const instances = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
    const denied = (operator: string) =>
      textOf(
        allow("ec2:StartInstances", instances),
        deny("*", "*", { [operator]: { "aws:ResourceTag/undefined": "x" } }),
      );
    expect(answerTo(denied("StringEqualsIfExists"), [PERMIT, forbid])).toEqual({ verdict: "proven" });
    expect(answerTo(denied("StringEquals"), [PERMIT, forbid])).toMatchObject({ verdict: "counterexample" });
  });
});
