import { describe, expect, it } from "vitest";
import { parseConditions } from "../../../../functions/core/intent/parse-conditions.ts";

describe("a condition block", () => {
  it("is stored unchanged, with every value in a list", () => {
    expect(
      parseConditions({
        StringLike: { "s3:prefix": ["a/*", "b/?"], "aws:RequestTag/team": "data" },
        "ForAnyValue:StringEquals": { "aws:TagKeys": ["team"] },
      }),
    ).toEqual({
      block: {
        StringLike: { "s3:prefix": ["a/*", "b/?"], "aws:RequestTag/team": ["data"] },
        "ForAnyValue:StringEquals": { "aws:TagKeys": ["team"] },
      },
    });
  });

  it.each([
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "IpAddress",
    "ArnLike",
    "ArnEquals",
    "ForAnyValue:StringEquals",
    "ForAnyValue:StringLike",
  ])("may use %s", (operator) => {
    const block = { [operator]: { "s3:prefix": ["a"] } };
    expect(parseConditions(block)).toEqual({ block });
  });

  it.each<[string, string, readonly string[]]>([
    ["a key of 128 characters", `s3:${"k".repeat(128)}`, ["a"]],
    ["a key with every sign", "my-service2:a/B_c.d:e=f@g+h-9", ["a"]],
    ["keys that only look like ours", "my-aws:SourceIp", ["a"]],
    ["keys that begin like ours", "aws:SourceIpList", ["a"]],
    ["a key with ours inside", "my-aws:ResourceTag/team", ["a"]],
    ["20 values", "s3:prefix", new Array(20).fill("a")],
    ["an empty value", "s3:prefix", [""]],
    ["a value of 512 characters, with every printable one but $", "s3:prefix", [" #%~".repeat(128)]],
  ])("may have %s", (_name, key, values) => {
    const block = { StringLike: { [key]: values } };
    expect(parseConditions(block)).toEqual({ block });
  });

  it.each<[string, unknown, RegExp]>([
    ["is null", null, /must be an IAM condition block/],
    ["is a list", [], /must be an IAM condition block/],
    ["is a text", "x", /must be an IAM condition block/],
    ["is empty", {}, /must be an IAM condition block/],
    ["has an operator that also holds where the key is missing", { StringEqualsIfExists: { "a:b": "c" } }, /may use/],
    ["has an operator that holds for the empty set", { "ForAllValues:StringEquals": { "a:b": "c" } }, /may use/],
    ["tests whether a key is there", { Null: { "a:b": "true" } }, /may use these operators/],
    ["has an operator in another case", { stringlike: { "a:b": "c" } }, /may use these operators/],
    ["has an operator that every object has", { constructor: { "a:b": "c" } }, /may use these operators/],
    ["has an operator without keys", { StringLike: {} }, /must give each operator an object/],
    ["has an operator with a list of keys", { StringLike: ["a:b"] }, /must give each operator an object/],
    ["has a key without a service", { StringLike: { prefix: "a" } }, /a condition key that is not of the form/],
    [
      "has a key with a policy variable",
      { StringLike: { "s3:$\u007bx}": "a" } },
      /a condition key that is not of the form/,
    ],
    ["has a key too long", { StringLike: { [`s3:${"k".repeat(129)}`]: "a" } }, /a condition key that is not/],
    ["has a key with white space", { StringLike: { "s3:a b": "a" } }, /a condition key that is not of the form/],
    ["sets the account", { StringEquals: { "aws:ResourceAccount": "1" } }, /may not set aws:resourceaccount/],
    ["sets the account in another case", { StringLike: { "AWS:resourceACCOUNT": "*" } }, /may not set/],
    ["sets the region", { StringEquals: { "aws:RequestedRegion": "x" } }, /may not set aws:requestedregion/],
    ["sets the time", { DateLessThan: { "aws:CurrentTime": "x" } }, /may not set aws:currenttime/],
    ["sets the address", { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }, /may not set aws:sourceip/],
    ["limits whether a service calls", { Bool: { "aws:ViaAWSService": "true" } }, /may not set aws:viaawsservice/],
    [
      "names the limits of its role",
      { StringEquals: { "aws:principaltag/Valetkey:held": "x" } },
      /may not set aws:principaltag/,
    ],
    ["sets a tag", { StringLike: { "aws:ResourceTag/a": "b" } }, /may not set aws:resourcetag\/a/],
    ["sets a tag without a name", { StringLike: { "aws:ResourceTag/": "b" } }, /may not set aws:resourcetag\//],
    [
      "sets an object's tag",
      { StringLike: { "s3:ExistingObjectTag/team": "b" } },
      /may not set s3:existingobjecttag\/team/,
    ],
    [
      "sets the tag of an object on Outposts",
      { StringLike: { "s3-outposts:ExistingObjectTag/a": "b" } },
      /may not set/,
    ],
    ["has a key behind a space", { StringLike: { " s3:prefix": "a" } }, /a condition key that is not of the form/],
    ["has a key without a name", { StringLike: { "s3:": "a" } }, /a condition key that is not of the form/],
    ["has a value that ends in a delete", { StringLike: { "s3:prefix": "a\x7f" } }, /must have values that are/],
    ["has a value that begins with a tab", { StringLike: { "s3:prefix": "\ta" } }, /must have values that are/],
    ["has a second value that is none", { StringLike: { "s3:prefix": ["a", 1] } }, /must have values that are/],
    ["has an operator that is null", { StringLike: null }, /must give each operator an object/],
    ["has an operator that is a text", { StringLike: "a" }, /must give each operator an object/],
    [
      "names one key in two spellings",
      { StringLike: { "s3:prefix": "a", "S3:Prefix": "b" } },
      /one condition key twice/,
    ],
    ["has a key without values", { StringLike: { "s3:prefix": [] } }, /1 to 20 values/],
    ["has 21 values", { StringLike: { "s3:prefix": new Array(21).fill("a") } }, /1 to 20 values/],
    ["has a value that is a number", { NumericEquals: { "s3:max-keys": 1 } }, /must have values that are printable/],
    ["has a value that is a boolean", { Bool: { "aws:SecureTransport": true } }, /must have values that are/],
    ["has a value with a policy variable", { StringLike: { "s3:prefix": `\${aws:userid}/` } }, /must have values/],
    ["has a value in other letters", { StringLike: { "s3:prefix": "é" } }, /must have values that are printable/],
    ["has a value with a line end", { StringLike: { "s3:prefix": "a\n" } }, /must have values that are printable/],
    ["has a value too long", { StringLike: { "s3:prefix": "a".repeat(513) } }, /must have values that are printable/],
    ["has a list in a list", { StringLike: { "s3:prefix": [["a"]] } }, /must have values that are printable/],
  ])("I2: is refused where it %s", (_name, value, problem) => {
    expect(parseConditions(value)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it.each<[unknown, string]>([
    ["x", "must be an IAM condition block"],
    [
      { Null: { "a:b": "true" } },
      "may use these operators: StringEquals, StringNotEquals, StringEqualsIgnoreCase, StringLike, StringNotLike, NumericEquals, " +
        "NumericLessThan, NumericLessThanEquals, NumericGreaterThan, NumericGreaterThanEquals, DateLessThan, DateLessThanEquals, " +
        "DateGreaterThan, DateGreaterThanEquals, Bool, IpAddress, ArnLike, ArnEquals, ForAnyValue:StringEquals, ForAnyValue:StringLike",
    ],
    [{ Bool: {} }, "must give each operator an object of condition keys"],
    [{ Bool: { a: "b" } }, "has a condition key that is not of the form service:Key"],
    [{ Bool: { "aws:SourceIp": "b" } }, "may not set aws:sourceip, which valetkey itself sets"],
    [{ Bool: { "a:b": "c", "A:B": "c" } }, "names one condition key twice"],
    [{ Bool: { "a:b": [] } }, "must give each condition key 1 to 20 values"],
    [{ Bool: { "a:b": true } }, "must have values that are printable strings of at most 512 characters without $"],
  ])("names the fault of %j", (value, problem) => {
    expect(parseConditions(value)).toEqual({ problem });
  });

  it("may use one key under two operators: both must hold", () => {
    const block = { StringLike: { "s3:prefix": ["a*"] }, StringNotLike: { "s3:prefix": ["ab*"] } };
    expect(parseConditions(block)).toEqual({ block });
  });
});
