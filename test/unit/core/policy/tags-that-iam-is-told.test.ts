import { describe, expect, it } from "vitest";
import type { AwsDetail } from "../../../../functions/core/intent/detail.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { decide } from "../../../../functions/core/policy/decide.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { cedarOf } from "../cedar-of.ts";
import { ACCOUNT, anAsker } from "./pairs.ts";

const BUCKET = "arn:aws:s3:::acme";
const OBJECTS = `${BUCKET}/*`;
const PERMIT = "permit (principal, action, resource is AWS::Resource);";
const whose = (effect: "permit" | "forbid", when: string) =>
  `${effect} (principal, action, resource is AWS::Resource) when { ${when} };`;
const SECRET = 'resource.tags has secrecy && resource.tags.secrecy == "high"';
const OPEN = 'resource.tags.secrecy == "low"';

/** Policy's decision about one action on one resource, as the catalogue describes it. */
function verdict(action: string, resource: string, ...texts: readonly string[]) {
  const detail: AwsDetail = { type: "aws", account: ACCOUNT, actions: spelled(action), resources: [resource] };
  const [pair] = spreadIntent([detail], catalogue).flatMap(({ pairs }) => pairs);
  if (!pair) throw new Error(`nothing is asked for: ${action} on ${resource}`);
  return decide(pair, anAsker(), cedarOf(texts));
}
const denial = (reason: string) => ({ denied: { denial: { reason: expect.stringContaining(reason) } } });

describe("I2: tags of an object of S3 are its own, and not its bucket's", () => {
  it.each(["s3:GetObject", "s3:GetObjectVersion", "s3:PutObjectTagging"])("IAM gets them for %s", (action) => {
    const outlives = '@outlives("tested") ';
    expect(verdict(action, OBJECTS, `${outlives}${PERMIT}`, whose("forbid", SECRET))).toMatchObject({
      permitted: {
        denies: [{ resources: [OBJECTS], conditions: { StringEquals: { "s3:ExistingObjectTag/secrecy": ["high"] } } }],
      },
    });
    expect(verdict(action, OBJECTS, `${outlives}${whose("permit", OPEN)}`)).toMatchObject({
      permitted: { conditions: [{ StringEquals: { "s3:ExistingObjectTag/secrecy": ["low"] } }] },
    });
  });

  it.each(["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"])(
    "%s is refused, since IAM gets none",
    (action) => {
      expect(verdict(action, OBJECTS, PERMIT, whose("forbid", SECRET))).toMatchObject(
        denial(`reads tags that ${action} cannot be limited by`),
      );
      expect(verdict(action, OBJECTS, whose("permit", OPEN))).toMatchObject(denial("No policy permits it"));
    },
  );

  it("an access point's object is as its bucket's", () => {
    const object = `arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/ap/object/*`;
    expect(verdict("s3:GetObject", object, whose("permit", OPEN))).toMatchObject({
      permitted: { conditions: [{ StringEquals: { "s3:ExistingObjectTag/secrecy": ["low"] } }] },
    });
  });
});

describe("I2: IAM gets a bucket's tags once it has ABAC, and none before", () => {
  it("a Deny holds where IAM gets none, though the forbid tests for the tag first", () => {
    expect(verdict("s3:ListBucket", BUCKET, PERMIT, whose("forbid", SECRET))).toMatchObject({
      permitted: {
        denies: [
          { resources: [BUCKET], conditions: { StringEqualsIfExists: { "aws:ResourceTag/secrecy": ["high"] } } },
        ],
      },
    });
    const another = 'resource.tags has secrecy && !(resource.tags.secrecy like "l*")';
    expect(verdict("s3:ListBucket", BUCKET, PERMIT, whose("forbid", another))).toMatchObject({
      permitted: { denies: [{ conditions: { StringNotLike: { "aws:ResourceTag/secrecy": ["l*"] } } }] },
    });
  });

  it("a forbid that tests whether a tag is there, and no more, refuses", () => {
    for (const when of ["resource.tags has secrecy", `resource.tags has secrecy && resource.arn like "${BUCKET}*"`])
      expect(verdict("s3:ListBucket", BUCKET, PERMIT, whose("forbid", when))).toMatchObject(
        denial("reads tags that s3:ListBucket cannot be limited by"),
      );
  });

  it("an Allow needs the tag, as ever", () => {
    expect(verdict("s3:ListBucket", BUCKET, whose("permit", OPEN))).toMatchObject({
      permitted: { conditions: [{ StringEquals: { "aws:ResourceTag/secrecy": ["low"] } }] },
    });
  });
});

describe("I2: a service's data about one action counts more than its data about the kind of resource", () => {
  const instances = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
  const parameters = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/app/*`;

  it("IAM gets the tags for an action that lists the key beside that kind", () => {
    expect(verdict("ec2:StartInstances", instances, PERMIT, whose("forbid", SECRET))).toMatchObject({
      permitted: { denies: [{ conditions: { StringEquals: { "aws:ResourceTag/secrecy": ["high"] } } }] },
    });
  });

  it("IAM gets none for an action that does not list the key, while others do", () => {
    expect(verdict("ec2:ReportInstanceStatus", instances, PERMIT, whose("forbid", SECRET))).toMatchObject(
      denial("reads tags that ec2:ReportInstanceStatus cannot be limited by"),
    );
  });

  it("IAM may get none for an action without data, while the key is listed for others as a whole: a Deny holds without", () => {
    expect(verdict("ssm:GetParameter", parameters, PERMIT, whose("forbid", SECRET))).toMatchObject({
      permitted: { denies: [{ conditions: { StringEquals: { "aws:ResourceTag/secrecy": ["high"] } } }] },
    });
    expect(verdict("ssm:PutParameter", parameters, PERMIT, whose("forbid", SECRET))).toMatchObject({
      permitted: { denies: [{ conditions: { StringEqualsIfExists: { "aws:ResourceTag/secrecy": ["high"] } } }] },
    });
  });
});
