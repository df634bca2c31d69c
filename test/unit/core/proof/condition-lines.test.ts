import { describe, expect, it } from "vitest";
import { ACCOUNT, AT, against, allow, answerTo, deny, FENCE, PERMIT, PROVEN, textOf, when } from "./ask.ts";

const INSTANCES = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
const TEAM = "aws:ResourceTag/team";
const start = (Condition = {}) => allow("ec2:StartInstances", INSTANCES, Condition);
const denied = (Condition = {}) => deny("ec2:StartInstances", INSTANCES, Condition);
/** Parts of seconds: 10.5, 10.7 and 11.2 after the decision. */
const [PART, SOON, LATER] = [10.5, 10.7, 11.2].map((part) => new Date((AT + part) * 1_000).toISOString());
const FORBID = when("forbid", 'resource.tags has team && resource.tags.team == "a"');

describe("I2: a line of a condition that could be read in two ways", () => {
  it.each<object>([
    { StringEqualsIgnoreCase: { [TEAM]: "a" } },
    { "ForAnyValue:StringEquals": { [TEAM]: "a" } },
    { NumericEquals: { [TEAM]: "1" } },
    { StringEquals: { [`x:${TEAM}`]: "a" } },
    { StringEquals: { [TEAM]: "$" + "{aws:username}" } },
    { StringEquals: { [TEAM]: ["$" + "{aws:username}", "a"] } },
    { Bool: { "aws:ViaAWSService": "true" } },
    { Bool: { "aws:ViaAWSService": ["true", "FALSE"] } },
    { Bool: { "aws:ViaAWSService": ["true", "false"] } },
    { StringEquals: { "aws:ViaAWSService": ["true", "false"] } },
    { "ForAllValues:DateLessThan": { "aws:CurrentTime": "2030-01-01T00:00:00Z" } },
    { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    { IpAddressIfExists: { "aws:SourceIp": "192.0.2.7" } },
    { constructor: { [TEAM]: "a" } },
    // AWS may read these in another way than JavaScript, or not at all.
    { Null: { [TEAM]: "False" } },
    { Null: { [TEAM]: ["false", ""] } },
    { NullIfExists: { [TEAM]: "false" } },
    { IfExistsStringEquals: { [TEAM]: "a" } },
    { DateNotEquals: { "aws:CurrentTime": "soon" } },
    // A year, or seconds; seconds, or milliseconds.
    { DateNotEquals: { "aws:CurrentTime": "2030" } },
    { DateLessThan: { "aws:CurrentTime": "1900000000000" } },
    { DateLessThan: { "aws:CurrentTime": "+002030-01-01T00:00:00Z" } },
    { DateNotEquals: { "aws:CurrentTime": ["2020-01-01", "2020-1"] } },
    { DateLessThan: { "aws:CurrentTime": "1 January 2030" } },
    { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00" } },
    { DateLessThan: { "aws:CurrentTime": "x2030-01-01T00:00:00Z" } },
    { DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Zx" } },
  ])("denies nothing for certain: %j", (condition) => {
    expect(answerTo(textOf(start(), denied(condition)), [PERMIT, FORBID])).toMatchObject(
      against({ tags: { team: "a" } }),
    );
  });

  it.each<object>([
    { StringEquals: { [TEAM]: "a" } },
    { StringLike: { [TEAM]: ["b", "?"] } },
    { StringNotLike: { [TEAM]: "b*" } },
    { BoolIfExists: { "aws:ViaAWSService": ["true", "false"] } },
    { DateNotEquals: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } },
    { DateGreaterThanEquals: { "aws:CurrentTime": "2026-11-24" } },
    { DateNotEquals: { "aws:CurrentTime": "2030-01-01T22:00:00Z" } },
    { DateLessThan: { "aws:CurrentTime": `${FENCE}` } },
    { DateLessThanEquals: { "aws:CurrentTime": `${FENCE}` } },
    { Null: { "s3:prefix": "true", [TEAM]: "false" } },
  ])("denies where it holds: %j", (condition) => {
    const answer = answerTo(textOf(start(), denied(condition)), [PERMIT, FORBID]);
    if ("Null" in condition) expect(answer).toMatchObject(against({ keys: { "s3:prefix": expect.anything() } }));
    else expect(answer).toEqual(PROVEN);
  });

  it.each([
    ["StringEquals", 'unless { resource.tags has team && resource.tags.team == "a*" }'],
    ["StringLike", 'unless { resource.tags has team && resource.tags.team like "a*" }'],
    ["StringNotEquals", 'when { resource.tags has team && resource.tags.team == "a*" }'],
    ["StringNotLike", 'when { resource.tags has team && resource.tags.team like "a*" }'],
  ])("takes a star for a wildcard where the operator does: %s", (operator, condition) => {
    const forbid = `forbid (principal, action, resource is AWS::Resource) ${condition};`;
    expect(answerTo(textOf(start({ [operator]: { [TEAM]: "a*" } })), [PERMIT, forbid])).toEqual(PROVEN);
    const other = operator.endsWith("Equals") ? operator.replace("Equals", "Like") : operator.replace("Like", "Equals");
    const answer = answerTo(textOf(start({ [other]: { [TEAM]: "a*" } })), [PERMIT, forbid]);
    const isNarrower = ["StringEquals", "StringNotLike"].includes(other);
    expect(answer).toMatchObject(isNarrower ? PROVEN : against({ objection: { forbid: "p1" } }));
  });

  it.each<[object, number | undefined]>([
    [{ DateEquals: { "aws:CurrentTime": [`${AT + 60}`, `${AT + 120}`] } }, AT + 60],
    [{ DateLessThan: { "aws:CurrentTime": `${AT}` } }, undefined],
    [{ DateLessThanEquals: { "aws:CurrentTime": `${AT - 1}` } }, undefined],
    [{ DateLessThanEquals: { "aws:CurrentTime": `${AT}` } }, AT],
    [{ DateGreaterThan: { "aws:CurrentTime": `${AT}` } }, AT + 1],
    [{ DateGreaterThanEquals: { "aws:CurrentTime": `${AT + 60}` } }, AT + 60],
    [{ DateGreaterThan: { "aws:CurrentTime": "2026-11-24" } }, AT],
    [{ DateGreaterThan: { "aws:CurrentTime": "2026-11-24T12:46:00.000Z" } }, AT + 61],
    // A second lies between two parts of seconds, or none does.
    [{ DateGreaterThan: { "aws:CurrentTime": PART }, DateLessThan: { "aws:CurrentTime": `${AT + 12}` } }, AT + 11],
    [{ DateGreaterThan: { "aws:CurrentTime": PART }, DateLessThan: { "aws:CurrentTime": LATER } }, AT + 11],
    [{ DateGreaterThan: { "aws:CurrentTime": PART }, DateLessThan: { "aws:CurrentTime": SOON } }, undefined],
  ])("allows at the times that it names, to the second: %j from %s on", (condition, atSeconds) => {
    const answer = answerTo(textOf(start(condition)), []);
    expect(answer).toMatchObject(atSeconds === undefined ? PROVEN : against({ atSeconds }));
  });

  it("denies what is called directly, or what a service calls", () => {
    const forbidden = (Condition: object) =>
      answerTo(textOf(start({ Null: { [TEAM]: "false" } }), denied(Condition)), [PERMIT, FORBID]);
    const via = (value: string) => forbidden({ BoolIfExists: { "aws:ViaAWSService": value } });
    expect(via("false")).toMatchObject(against({ from: "an AWS service" }));
    expect(via("true")).toMatchObject(against({ from: "the asker's address" }));
  });

  it("allows what a service calls, and nothing else, where it requires that", () => {
    const text = textOf(start({ Bool: { "aws:ViaAWSService": "true" } }));
    expect(answerTo(text, [])).toMatchObject(against({ from: "an AWS service", objection: "no permit" }));
    expect(answerTo(text, [PERMIT])).toEqual(PROVEN);
  });

  it.each(["IpAddress", "NotIpAddress"])("allows what a service calls, whatever the address is: %s", (operator) => {
    const bound = { [operator]: { "aws:SourceIp": "192.0.2.7" }, Bool: { "aws:ViaAWSService": "true" } };
    expect(answerTo(textOf(start(bound)), [])).toMatchObject(against({ from: "an AWS service" }));
    const text = textOf(start({ Bool: { "aws:ViaAWSService": "true" } }), denied(bound));
    expect(answerTo(text, [])).toMatchObject(against({ from: "an AWS service" }));
  });

  it.each([["203.0.113.0/24"], [["192.0.2.7", "203.0.113.7"]]])(
    "means nothing of the asker by the addresses %j",
    (address) => {
      const text = textOf(start(), denied({ IpAddress: { "aws:SourceIp": address } }));
      expect(answerTo(text, [])).toMatchObject(against({ from: "the asker's address" }));
    },
  );

  it("is of the asker's address, or of every other, by the address that it is bound to", () => {
    const bound = { "aws:SourceIp": "192.0.2.7" };
    const here = denied({ IpAddress: bound });
    expect(answerTo(textOf(start(), here, denied({ NotIpAddress: bound })), [])).toEqual(PROVEN);
    expect(answerTo(textOf(start(), here, denied({ IpAddressIfExists: bound })), [])).toMatchObject(
      against({ from: "elsewhere" }),
    );
  });

  it("names the conditions that a counterexample needs", () => {
    const text = textOf(
      start({ Bool: { "aws:SecureTransport": "true" } }),
      denied({ Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    );
    expect(answerTo(text, [])).toMatchObject(
      against({
        conditions: {
          '["Bool","aws:securetransport",["true"]]': true,
          '["Bool","aws:multifactorauthpresent",["true"]]': false,
        },
      }),
    );
  });

  it("takes the tags of an object for its own under S3's key alone, and of a bucket without ABAC for none", () => {
    const object = (key: string) =>
      textOf(allow("s3:GetObject", "arn:aws:s3:::acme/*", { StringEquals: { [key]: "a" } }));
    const permit = when("permit", 'resource.tags.team == "a"');
    expect(answerTo(object("s3:ExistingObjectTag/team"), [permit])).toEqual(PROVEN);
    expect(answerTo(object(TEAM), [permit])).toMatchObject(
      against({ tags: {}, keys: { "aws:resourcetag/team": "a" } }),
    );
    const bucket = textOf(
      allow("s3:ListBucket", "arn:aws:s3:::acme"),
      deny("s3:ListBucket", "arn:aws:s3:::acme", { StringEquals: { [TEAM]: "a" } }),
    );
    expect(answerTo(bucket, [PERMIT, FORBID])).toMatchObject(against({ told: "none", tags: { team: "a" } }));
    const safe = bucket.replace("StringEquals", "StringEqualsIfExists");
    expect(answerTo(safe, [PERMIT, FORBID])).toEqual(PROVEN);
  });

  it("tries every way of giving tags where the pattern leaves open what it names", () => {
    const anything = textOf(allow("s3:ListBucket", "*", { StringEquals: { [TEAM]: "a" } }));
    expect(answerTo(anything, [when("permit", 'resource.tags.team == "a"')])).toEqual(PROVEN);
    const but = JSON.stringify({
      Effect: "Allow",
      Action: "s3:ListBucket",
      NotResource: "arn:aws:s3:::b",
      Condition: { StringEquals: { [TEAM]: "a" } },
    });
    const text = textOf(JSON.parse(but));
    expect(answerTo(text, [when("permit", 'resource.tags.team == "a"')])).toEqual(PROVEN);
  });
});
