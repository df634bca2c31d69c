import fc from "fast-check";
import { ACCOUNT, FENCED } from "../../unit/core/proof/ask.ts";

/** Names of objects and of instances: names that the patterns below match, and others. */
export const NAMES = ["a", "ab", "A", "pii/x", "xpii", "a*b", "x:y", "ß", "\u212a", "user"];
export const BUCKET = "arn:aws:s3:::k/";
export const INSTANCES = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/`;

const several = <T>(one: fc.Arbitrary<T>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 2 }));

/**
 * Resources as the IAM User Guide writes them, and others. With wildcards, variables, special characters, ARNs with
 * missing parts, and capitals.
 */
const resource = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(BUCKET, BUCKET, INSTANCES),
      fc.constantFrom(
        "*",
        "?",
        "a*",
        "*a",
        "pii/*",
        "*pii*",
        "a${*}b",
        "${*}",
        "${aws:username}",
        "${aws:PrincipalTag/t}*",
      ),
    )
    .map((parts) => parts.join("")),
  fc.tuple(fc.constantFrom(BUCKET, INSTANCES), fc.constantFrom(...NAMES)).map((parts) => parts.join("")),
  fc.constantFrom(
    ...["*", "arn:aws:s3:::*", "arn:aws:s3:::?/a", "arn:*:s3:::k/*", "arn:aws:s3:*:*:k/a", "arn:aws:*:*:*:*pii*"],
    ...["arn:aws:*", "arn:aws:s3", "arn:aws:s3:*", "arn:aws:ec2:us-east-1", "arn:aws:S3:::k/*", "arn:AWS:s3:::k/a"],
    ...[`arn:aws:ec2:*:*:instance/a*`, `arn:aws:ec2:us-east-?:${ACCOUNT}:i*e/a`, `arn:aws:ec2:us-east-1:1*:*`],
    ...[
      "arn:aws:s3:${aws:username}",
      "arn:aws:${aws:username}:::k/a",
      "arn:aws:ec2:us-east-1:${aws:PrincipalAccount}:instance/*",
    ],
  ),
);

const TAGS = ["s3:ExistingObjectTag/t", "aws:ResourceTag/t"];
const tagKey = fc.constantFrom(...TAGS, ...TAGS, "AWS:resourcetag/t", "aws:PrincipalTag/t", "ec2:Region", "s3:prefix");
const text = fc.constantFrom(
  "a",
  "A",
  "a*",
  "*",
  "?",
  "${*}",
  "${aws:PrincipalTag/t}",
  "${aws:userid, 'a'}",
  "",
  "ß",
  "10",
);
const operator = fc
  .tuple(
    fc.constantFrom("", "", "", "ForAnyValue:", "ForAllValues:"),
    fc.constantFrom(
      "StringEquals",
      "StringLike",
      "StringNotEquals",
      "StringNotLike",
      "StringEqualsIgnoreCase",
      "NumericLessThan",
      "Bool",
      "ArnLike",
      "BinaryEquals",
    ),
    fc.constantFrom("", "", "IfExists"),
  )
  .map((parts) => parts.join(""));
const MOMENTS = [
  "2026-11-24T13:00:00Z",
  "2026-11-24T12:50:00Z",
  "2026-11-24T12:50:00.500Z",
  "2026-11-24",
  "1795524600",
];
const ODD_MOMENTS = ["2026", "2026-11-24T12:50Z", "2026-11-24T12:50:00+01:00", "1795524600000", "2026-02-30T00:00:00Z"];

const line = (of: fc.Arbitrary<string>, key: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>) =>
  fc.tuple(of, key, values).map(([name, on, given]) => ({ [name]: { [on]: given } }));
const always = <T>(value: T) => fc.constant(value);
const condition = fc.oneof(
  { weight: 4, arbitrary: always({}) },
  { weight: 5, arbitrary: line(operator, tagKey, several(text)) },
  { weight: 1, arbitrary: line(always("Null"), tagKey, several(fc.constantFrom("true", "false"))) },
  {
    weight: 2,
    arbitrary: line(
      fc.constantFrom(
        "DateLessThan",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "DateNotEquals",
        "DateLessThanIfExists",
      ),
      fc.constantFrom("aws:CurrentTime", "AWS:currenttime", "aws:EpochTime"),
      several(fc.constantFrom(...MOMENTS, ...ODD_MOMENTS)),
    ),
  },
  {
    weight: 1,
    arbitrary: line(
      fc.constantFrom("IpAddress", "NotIpAddress", "NotIpAddressIfExists"),
      always("aws:SourceIp"),
      several(fc.constantFrom("192.0.2.7", "192.0.2.0/24", "192.0.2.7/32", "::1")),
    ),
  },
  {
    weight: 1,
    arbitrary: line(
      fc.constantFrom("StringEquals", "StringLike", "StringNotEquals", "StringNotLike"),
      always("aws:ResourceAccount"),
      several(fc.constantFrom(ACCOUNT, "4*", "*", "1?1122223333", "${aws:PrincipalAccount}")),
    ),
  },
  {
    weight: 1,
    arbitrary: line(
      fc.constantFrom("Bool", "BoolIfExists"),
      always("aws:ViaAWSService"),
      several(fc.constantFrom("true", "FALSE")),
    ),
  },
);

const ALLOWED = ["s3:GetObject", "S3:getobject", "s3:PutObject", "ec2:StartInstances", "s3:ListAllMyBuckets"];
const DENIED = ["*", "s3:*", "s3:Get*", "ec2:StartInstance?", "s3:List*"];

const statement = (Effect: "Allow" | "Deny") => {
  const named = fc.constantFrom(...ALLOWED, ...(Effect === "Deny" ? DENIED : []));
  const both = fc.tuple(condition, condition).map(([one, two]) => ({ ...one, ...two }));
  return fc
    .record({
      action: fc.tuple(Effect === "Deny" ? fc.boolean() : always(false), several(named)),
      resource: fc.tuple(
        fc.nat(6).map((n) => n === 0),
        several(resource),
      ),
      Condition: fc.oneof(condition, condition, both),
    })
    .map(({ action: [notAction, actions], resource: [notResource, resources], Condition }) => ({
      Effect,
      [notAction ? "NotAction" : "Action"]: actions,
      [notResource ? "NotResource" : "Resource"]: resources,
      Condition,
    }));
};

/**
 * Session policies from IAM's grammar, without regard to what the compiler writes:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export const anyText = fc
  .tuple(fc.array(statement("Allow"), { minLength: 1, maxLength: 2 }), fc.array(statement("Deny"), { maxLength: 2 }))
  .map(([allows, denies]) => JSON.stringify({ Version: "2012-10-17", Statement: [...allows, ...denies, FENCED] }));
