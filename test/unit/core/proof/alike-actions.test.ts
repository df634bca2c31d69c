import { describe, expect, it } from "vitest";
import { against, allow, answerTo, PERMIT, PROVEN, textOf, when } from "./ask.ts";

const ARN = "arn:aws:s3:::acme/x";
const BOTH = textOf(allow(["s3:GetObject", "s3:PutObject"], ARN));

describe("I2: facts about one action are not taken for another's", () => {
  it("where a condition reads the action", () => {
    const permit = when("permit", 'action == Action::"s3:GetObject"');
    expect(answerTo(BOTH, [permit])).toMatchObject(against({ action: "s3:PutObject", objection: "no permit" }));
  });

  it("where one condition reads the action, and another does not", () => {
    const policies = [when("permit", 'action == Action::"s3:GetObject"'), when("forbid", 'resource.arn like "*no*"')];
    for (const order of [policies, policies.toReversed()])
      expect(answerTo(BOTH, order)).toMatchObject(against({ action: "s3:PutObject", objection: "no permit" }));
  });

  it("where other policies are about it", () => {
    const permits = [
      'permit (principal, action == Action::"s3:GetObject", resource);',
      'permit (principal, action == Action::"s3:PutObject", resource) when { resource.arn like "*other*" };',
    ];
    expect(answerTo(BOTH, permits)).toMatchObject(against({ action: "s3:PutObject", objection: "no permit" }));
  });

  it("where it is evaluated for the account, which has no ARN", () => {
    const permit = "permit (principal, action, resource) when { resource has arn };";
    const text = textOf(allow("s3:GetObject", ARN), allow("s3:ListAllMyBuckets", "*"));
    expect(answerTo(text, [permit])).toMatchObject(against({ action: "s3:ListAllMyBuckets", resource: "*" }));
  });

  it("where it mints what outlives the session, and the permit does not allow that", () => {
    const key = "arn:aws:kms:us-east-1:111122223333:key/k";
    const text = textOf(allow(["kms:Decrypt", "kms:CreateGrant"], key));
    expect(answerTo(text, [PERMIT])).toMatchObject(against({ action: "kms:CreateGrant", objection: "no permit" }));
    expect(answerTo(text, [`@outlives("yes") ${PERMIT}`])).toEqual(PROVEN);
  });

  it("where a permit binds to an address that nobody knows", () => {
    const bound = `@bindIp("yes") ${PERMIT}`;
    expect(answerTo(BOTH, [bound], { asker: { boundIp: undefined } })).toMatchObject(
      against({ objection: "no permit" }),
    );
  });
});

describe("I2: facts about one policy, or in one situation, are not taken for another's", () => {
  it("where two policies compare parts of the ARN with each other", () => {
    const forbids = ["resource.region == resource.account", "resource.service == resource.region"];
    const policies = [PERMIT, ...forbids.map((condition) => when("forbid", condition))];
    expect(answerTo(textOf(allow("s3:GetObject", "arn:aws:s3:s3::acme/x")), policies)).toMatchObject(
      against({ objection: { forbid: "p2" } }),
    );
  });

  it("where a statement reads both the time and a tag", () => {
    const early = { "aws:CurrentTime": "2026-11-24T12:46:00Z" };
    const tagged = { StringEquals: { "aws:ResourceTag/team": "data" } };
    const until = { ...tagged, DateGreaterThanEquals: early };
    const start = (Condition: object) =>
      allow("ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/i", Condition);
    expect(answerTo(textOf(start(until)), [`@maxTtl("1m") ${PERMIT}`])).toMatchObject(
      against({ objection: "no permit", atSeconds: Date.parse("2026-11-24T12:46:00Z") / 1_000 }),
    );
  });
});
