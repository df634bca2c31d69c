import { describe, expect, it } from "vitest";
import { allow, answerTo, deny, PERMIT, textOf } from "./ask.ts";

const ON_ACCOUNT = "permit (principal, action, resource is AWS::Account);";
const METRICS = "cloudwatch:GetMetricData";
const ofNone = textOf(allow(METRICS, "*"), deny(METRICS, "arn:*:*:*:*:*"));
const proven = { verdict: "proven" };
const against = (resource: unknown) => ({
  verdict: "counterexample",
  call: { action: METRICS, resource, objection: "no permit" },
});

describe("I2: a call that names no resource, of an action whose types are optional", () => {
  it("is proven where the account is permitted and every ARN is denied", () => {
    expect(answerTo(ofNone, [ON_ACCOUNT])).toEqual(proven);
  });

  it("is a counterexample where resources alone are permitted", () => {
    expect(answerTo(ofNone, [PERMIT])).toMatchObject(against("*"));
    expect(answerTo(textOf(allow(METRICS, "*")), [PERMIT])).toMatchObject(against("*"));
  });

  it("leaves a counterexample on an ARN where not every ARN is denied", () => {
    const some = textOf(allow(METRICS, "*"), deny(METRICS, "arn:*:*:*:*:dataset/a*"));
    for (const text of [textOf(allow(METRICS, "*")), some])
      expect(answerTo(text, [ON_ACCOUNT])).toMatchObject(against(expect.stringMatching(/^arn:/)));
  });

  it("may be named by a Resource that is no ARN, of an action that has no resources", () => {
    for (const name of ["acme", "acme*", "arn:aws:s3:::acme/*"])
      expect(answerTo(textOf(allow("s3:ListAllMyBuckets", name)), []), name).toMatchObject({
        verdict: "counterexample",
        call: { resource: "*", objection: "no permit" },
      });
  });

  it("is not looked for where the text allows ARNs alone, or the action needs a resource", () => {
    const arn = "arn:aws:cloudwatch:eu-west-1:111122223333:dataset/a";
    expect(answerTo(textOf(allow(METRICS, arn)), [PERMIT])).toEqual(proven);
    expect(answerTo(textOf(allow("sqs:SendMessage", "*")), [PERMIT])).toEqual(proven);
  });

  it("is looked for at each action whose types are all optional", () => {
    expect(answerTo(textOf(allow("rds:DescribeDBInstances", "*")), [PERMIT])).toMatchObject({
      call: { action: "rds:DescribeDBInstances", resource: "*" },
    });
  });

  it("is held to the intent and to the task above as well", () => {
    const details = [{ account: "111122223333", actions: [METRICS], resources: ["arn:aws:cloudwatch:*:*:dataset/*"] }];
    expect(answerTo(ofNone, [ON_ACCOUNT], { asked: details })).toMatchObject({
      call: { objection: "beyond the intent" },
    });
    const above = [[textOf(allow(METRICS, "arn:aws:cloudwatch:*:*:dataset/*"))]];
    expect(answerTo(ofNone, [ON_ACCOUNT], { above })).toMatchObject({ call: { objection: "beyond the task above" } });
  });
});
