import { describe, expect, it } from "vitest";
import type { AwsDetail } from "../../../../functions/core/intent/detail.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { decide } from "../../../../functions/core/policy/decide.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { cedarOf } from "../cedar-of.ts";
import { ACCOUNT, anAsker } from "./pairs.ts";
import { forbid, PERMIT_ALL } from "./sets.ts";

const SSM = `arn:aws:ssm:us-east-1:${ACCOUNT}`;
const LOGS = `arn:aws:logs:us-east-1:${ACCOUNT}`;
const POINT = `arn:aws:s3:us-east-1:${ACCOUNT}:accesspoint/payroll`;

function verdict(action: string, resource: string, ...forbids: readonly string[]) {
  const detail: AwsDetail = { type: "aws", account: ACCOUNT, actions: spelled(action), resources: [resource] };
  const [pair] = spreadIntent([detail], catalogue).flatMap(({ pairs }) => pairs);
  if (!pair) throw new Error(`nothing is asked for: ${action} on ${resource}`);
  return decide(pair, anAsker(), cedarOf([PERMIT_ALL, ...forbids]));
}
const about = (arn: string) => forbid(`resource.arn like "${arn}"`);
const denial = (reason: string) => ({ denied: { denial: { reason: expect.stringContaining(reason), policy: "p1" } } });

describe("I2: an action that answers with what is below its resource", () => {
  const BELOW = "returns everything below";

  it.each([
    ["a path above", `${SSM}:parameter/app`, "*:parameter/app/db/*"],
    ["a path further above", `${SSM}:parameter/app`, `${SSM}:parameter/app/db/password`],
    ["every path", `${SSM}:parameter/*`, "*/password"],
    ["a path that ends with a slash", `${SSM}:parameter/app/`, "*:parameter/app/db/*"],
    ["paths that begin alike", `${SSM}:parameter/app*`, "*:parameter/app/db/*"],
  ])("is refused on %s something that is forbidden", (_where, path, arn) => {
    expect(verdict("ssm:GetParametersByPath", path, about(arn))).toMatchObject(denial(BELOW));
  });

  it("is refused for one of several forbids, whichever it is, and for one that goes by the service and the region too", () => {
    const [elsewhere, below] = [about("*:secret:prod*"), about("*:parameter/app/db/*")];
    const named = (policy: string) => ({ denied: { denial: { reason: expect.stringContaining(BELOW), policy } } });
    const request = ["ssm:GetParametersByPath", `${SSM}:parameter/app`] as const;
    expect(verdict(...request, elsewhere, below)).toMatchObject(named("p2"));
    expect(verdict(...request, below, elsewhere)).toMatchObject(named("p1"));
    const regional = forbid(
      'resource.service == "ssm" && resource.region == "us-east-1" && resource.arn like "*/db/*"',
    );
    expect(verdict("ssm:GetParametersByPath", `${SSM}:parameter/app`, regional)).toMatchObject(denial(BELOW));
  });

  it("is refused where a forbid goes by tags, which IAM does not get for what is below", () => {
    const byTag = forbid('resource.tags has secrecy && resource.tags.secrecy == "high"');
    expect(verdict("ssm:GetParametersByPath", `${SSM}:parameter/app`, byTag)).toMatchObject(denial(BELOW));
    expect(verdict("ssm:GetParameter", `${SSM}:parameter/app`, byTag)).toHaveProperty("permitted");
  });

  it.each([
    ["logs:FilterLogEvents", `${LOGS}:log-group:app:*`, "*:log-group:app:log-stream:audit"],
    ["logs:StartQuery", `${LOGS}:log-group:/app/*`, "*:log-stream:audit*"],
    ["logs:StartLiveTail", `${LOGS}:log-group:app:*`, "*audit*"],
    ["logs:StartLiveTail", `${LOGS}:log-group:*`, "*audit*"],
    // A star inside a group's name may match past it: the stream /valetkey of the group /aws/.
    ["logs:FilterLogEvents", `${LOGS}:log-group:*`, "*log-group:/aws/*/valetkey*"],
    ["logs:StartLiveTail", `${LOGS}:log-group:*`, "*:log-group:app:log-stream:audit"],
    ["medical-imaging:SearchImageSets", `arn:aws:medical-imaging:us-east-1:${ACCOUNT}:datastore/a`, "*/imageset/b"],
  ])("%s on %s is, too", (action, resource, arn) => {
    expect(verdict(action, resource, about(arn))).toMatchObject(denial(BELOW));
  });

  it.each([
    ["ssm:GetParametersByPath", `${SSM}:parameter/app`, "*:parameter/other/*"],
    ["ssm:GetParametersByPath", `${SSM}:parameter/app`, "*:parameter/application/*"],
    ["ssm:GetParametersByPath", `${SSM}:parameter/app`, "*:secret:prod*"],
    ["ssm:GetParameter", `${SSM}:parameter/app`, "*:parameter/app/db/*"],
    ["logs:FilterLogEvents", `${LOGS}:log-group:app:*`, "*log-group:/aws/*/valetkey*"],
    ["logs:FilterLogEvents", `${LOGS}:log-group:app:*`, "*:log-group:other:log-stream:*"],
    ["logs:FilterLogEvents", `${LOGS}:log-group:*`, "*log-group:/audit/*"],
    ["logs:GetLogEvents", `${LOGS}:log-group:app:log-stream:a`, "*:log-stream:audit"],
  ])("%s on %s is granted where %s is forbidden, which is not below", (action, resource, arn) => {
    expect(verdict(action, resource, about(arn))).toHaveProperty("permitted");
  });
});

it("an action on a log group retains a Deny by the group's own tags: its streams have none", () => {
  const byTag = forbid('resource.tags.secrecy == "high"');
  expect(verdict("logs:FilterLogEvents", `${LOGS}:log-group:app:*`, byTag)).toMatchObject({
    permitted: { denies: [{ conditions: { StringEqualsIfExists: { "aws:ResourceTag/secrecy": ["high"] } } }] },
  });
});

describe("I2: an access point of S3", () => {
  const NAMES = "is an access point";

  it.each([
    ["s3:GetObject", `${POINT}/object/*`],
    ["s3:GetObject", `${POINT}/object/x`],
    ["s3:ListBucket", POINT],
    ["s3:GetObject", `arn:aws:s3:us-east-1:${ACCOUNT}:*`],
    ["s3:GetObject", `arn:aws:s3:us-east-1:${ACCOUNT}:access*`],
  ])("is refused where it may name a bucket of which something is forbidden: %s on %s", (action, resource) => {
    for (const buckets of ["arn:aws:s3:::payroll*", "arn:aws:s3:::*"])
      expect(verdict(action, resource, about(buckets))).toMatchObject(denial(NAMES));
  });

  it("is refused where the forbid is about buckets by their service, which is S3, and their region, which their ARN does not name", () => {
    const payroll = (when: string) => forbid(`${when} && resource.arn like "arn:aws:s3:::payroll*"`);
    const lambda = `arn:aws:s3-object-lambda:us-east-1:${ACCOUNT}:accesspoint/payroll`;
    for (const when of ['resource.service == "s3"', 'resource.region == ""'])
      expect(verdict("s3-object-lambda:GetObject", lambda, payroll(when))).toMatchObject(denial(NAMES));
  });

  it("is refused where a forbid reaches the bucket's name beside the access point's: its Deny would be about the latter only", () => {
    expect(verdict("s3:GetObject", `${POINT}/object/*`, about("*secret*"))).toMatchObject(denial(NAMES));
    expect(verdict("s3:GetObject", `${POINT}/object/*`, about(`arn:aws:s3:us-east-1:${ACCOUNT}:*`))).toMatchObject({
      denied: { denial: { reason: "A policy forbids it." } },
    });
  });

  it("is granted where no forbid is about a bucket, or where the session policy holds it unchanged", () => {
    expect(verdict("s3:GetObject", `${POINT}/object/*`, about(`${SSM}:*`))).toHaveProperty("permitted");
    const byTag = forbid('resource.tags has secrecy && resource.tags.secrecy == "high"');
    expect(verdict("s3:GetObject", `${POINT}/object/*`, byTag)).toMatchObject({
      permitted: { denies: [{ resources: [`${POINT}/object/*`] }] },
    });
  });

  it("is no name for a bucket where the request is for the bucket's own ARN", () => {
    const payroll = about("arn:aws:s3:::payroll/*");
    expect(verdict("s3:GetObject", "arn:aws:s3:::acme/*", payroll)).toHaveProperty("permitted");
    expect(verdict("s3:DescribeJob", `arn:aws:s3:us-east-1:${ACCOUNT}:job/*`, payroll)).toHaveProperty("permitted");
  });
});
