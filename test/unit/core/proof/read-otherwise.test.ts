import { describe, expect, it } from "vitest";
import { ACCOUNT, against, allow, answerTo, deny, PERMIT, PROVEN, textOf, when } from "./ask.ts";

const GET = "s3:GetObject";
const K = "arn:aws:s3:::k/*";
const PII = when("forbid", 'resource.arn like "arn:aws:s3:::pii*"');
const all = allow(GET, K);
const denied = (key: string, operator = "StringEquals") => deny("*", "*", { [operator]: { [key]: "a" } });
const decrypt = (Condition: object) => allow("kms:Decrypt", `arn:aws:kms:us-east-1:${ACCOUNT}:key/a`, Condition);

describe("I2: a text that AWS may read in another way is not proven", () => {
  it.each([
    ["an ARN that lacks parts, which AWS may fill in", allow(GET, "arn:aws:*")],
    ["an ARN that lacks parts beside a variable with colons in its name", allow(GET, "arn:aws:s3::${aws:userid}")],
    ["an Allow of all but an ARN that lacks parts", { Effect: "Allow", Action: GET, NotResource: "arn:aws:s3" }],
    ["a list of all buckets, which S3 allows on an ARN", allow("s3:ListAllMyBuckets", "arn:aws:s3:::*")],
    ["a list of all buckets on some of S3", allow("s3:ListAllMyBuckets", "arn:aws:s3")],
    ["an object by a tag of its bucket", allow("s3:PutObject", K, { StringEquals: { "aws:ResourceTag/t": "a" } })],
  ])("%s", (_case, statement) => {
    expect(answerTo(textOf(statement), [])).toMatchObject(against({ objection: "no permit" }));
  });

  it.each([
    ["on the 30th of February", [deny("*", "*", { DateGreaterThan: { "aws:CurrentTime": "2026-02-30T00:00:00Z" } })]],
    ["at hour 24", [deny("*", "*", { DateGreaterThan: { "aws:CurrentTime": "2026-11-01T24:00:00Z" } })]],
    ["at a time without seconds", [deny("*", "*", { DateGreaterThan: { "aws:CurrentTime": "2026-11-01T23:00Z" } })]],
    ["of an ARN that lacks parts", [deny("*", "arn:aws:s3")]],
    ["of all but what a variable names", [{ Effect: "Deny", Action: "*", NotResource: "arn:aws:s3:::${aws:userid}" }]],
  ])("a Deny %s", (_case, denies) => {
    expect(answerTo(textOf(all, ...denies), [])).toMatchObject(against({ objection: "no permit" }));
  });

  it("a Deny where IAM knows no tag of the object: it may know one of the bucket", () => {
    const put = allow("s3:PutObject", K);
    const untagged = deny("*", "*", { Null: { "aws:ResourceTag/t": "true" } });
    expect(answerTo(textOf(put, untagged), [])).toMatchObject(against({ told: "its bucket's" }));
    const tagged = deny("*", "*", { Null: { "aws:ResourceTag/t": "false" } });
    expect(answerTo(textOf(put, untagged, tagged), [])).toEqual(PROVEN);
  });

  it.each(["StringEquals", "NumericEquals"])("a key by a letter whose case AWS does not define: %s", (operator) => {
    const text = (key: string) => textOf(decrypt({ [operator]: { "kms:ViaService": "a" } }), denied(key, operator));
    expect(answerTo(text("KMS:viaService"), [])).toEqual(PROVEN);
    expect(answerTo(text("\u212ams:ViaService"), [])).toMatchObject(against({ objection: "no permit" }));
  });

  it.each(["arn:aws:S3:::pii/a", "arn:AWS:s3:::pii/a"])("a capital in the head of an ARN: %s", (arn) => {
    expect(answerTo(textOf(allow(GET, arn)), [PERMIT, PII])).toMatchObject(against({ resource: "arn:aws:s3:::pii/a" }));
    expect(answerTo(textOf(allow(GET, arn)), [PERMIT])).toEqual(PROVEN);
    const reading = answerTo(textOf(allow(GET, "arn:aws:s3:::pii/a"), deny("*", arn)), [PERMIT, PII]);
    expect(reading).toMatchObject(against({ objection: { forbid: "p1" } }));
  });

  it("a single character of an account, which is no colon", () => {
    const resource = "arn:aws:ec2:us-east-1:1:1122223333:a";
    const inAccount = { StringLike: { "aws:ResourceAccount": "1?1122223333" } };
    expect(answerTo(textOf(allow("ec2:StartInstances", resource, inAccount)), [])).toEqual(PROVEN);
    const denied = textOf(allow("ec2:StartInstances", resource), deny("*", "*", inAccount));
    expect(answerTo(denied, [])).toMatchObject(against({ account: "1" }));
  });

  it("a list of all buckets beside actions that may name none of theirs, which are evaluated for * alone", () => {
    const [list, acl] = ["s3:ListAllMyBuckets", "s3:GetBucketAcl"];
    const account = 'permit (principal, action in [Action::"s3:ListAllMyBuckets"], resource is AWS::Account);';
    const text = textOf(allow(list, "*"), allow(acl, "arn:aws:s3:::*"));
    expect(answerTo(text, [PERMIT, account])).toEqual(PROVEN);
    // The same statements have another meaning for the two actions, in either order.
    for (const actions of [
      [list, acl],
      [acl, list],
    ]) {
      const both = textOf(allow(actions, "arn:aws:s3:::*"), allow("s3:GetObject", "*"));
      const objects = 'permit (principal, action == Action::"s3:GetObject", resource);';
      expect(answerTo(both, [PERMIT, objects])).toMatchObject(against({ action: list }));
    }
  });

  it("a list of all buckets on one ARN with a star, which a Deny on another does not deny", () => {
    const [list, some] = ["s3:ListAllMyBuckets", allow("s3:ListAllMyBuckets", "arn:aws:s3:::*")];
    expect(answerTo(textOf(some, deny(list, "arn:aws:s3:::*")), [])).toEqual(PROVEN);
    expect(answerTo(textOf(some, deny(list, "arn:aws:s3:::a*")), [])).toMatchObject(against({ action: list }));
  });

  it("a variable whose value may hold other parts of the ARN", () => {
    const text = textOf(allow(GET, "arn:aws:${aws:PrincipalTag/x}:::k/a"));
    expect(answerTo(text, [PERMIT])).toEqual(PROVEN);
    expect(answerTo(text, [PERMIT, PII])).toMatchObject(
      against({ resource: expect.stringMatching(/^arn:aws:s3:::pii/) }),
    );
  });
});

describe("I3: a task above that AWS may read in another way allows nothing by that, and denies", () => {
  const name = "arn:aws:s3:::k/${aws:username}";
  const ANY = "permit (principal, action, resource);";
  const beyond = against({ objection: "beyond the task above" });
  it.each([
    ["an Allow of a variable", [allow(GET, name)]],
    ["a Deny of a variable", [all, deny(GET, name)]],
    ["an Allow of all but a variable", [{ Effect: "Allow", Action: GET, NotResource: name }]],
    ["a Deny of all but a variable", [all, { Effect: "Deny", Action: GET, NotResource: name }]],
    ["an Allow of an ARN that lacks parts", [allow(GET, "arn:aws:s3:*")]],
    ["a Deny of an ARN that lacks parts", [all, deny(GET, "arn:aws:*")]],
  ])("%s", (_case, above) => {
    expect(answerTo(textOf(all), [ANY], { above: [[textOf(...above)]] })).toMatchObject(beyond);
    // The same words are read in the same way.
    expect(answerTo(textOf(...above), [ANY], { above: [[textOf(...above)]] })).toEqual(PROVEN);
  });

  it("a wildcard in the type of a resource, which is read alike in every text", () => {
    const tables = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:`;
    const [get, a] = [allow("dynamodb:GetItem", "*"), allow("dynamodb:GetItem", `${tables}table/a`)];
    const on = (text: string, above: string) => answerTo(text, [PERMIT], { above: [[above]] });
    const typed = `${tables}ta*e/a`;
    const denied = textOf(get, deny("*", typed));
    expect(on(textOf(a), denied)).toMatchObject(beyond);
    expect(on(textOf(a, deny("*", `${tables}t*e/a`)), denied)).toEqual(PROVEN);
    const allowed = textOf(allow("dynamodb:GetItem", `${tables}t*/a`));
    expect(on(textOf(allow("dynamodb:GetItem", typed)), allowed)).toEqual(PROVEN);
  });
});
