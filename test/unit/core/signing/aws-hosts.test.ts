import { expect, test } from "vitest";
import { awsHostOf, endpointsOf } from "../../../../functions/core/signing/aws-hosts.ts";
import data from "../../../../functions/core/signing/aws-services.json" with { type: "json" };
import { loadCatalogue } from "../../../../functions/load-catalogue.ts";

test.for([
  ["dynamodb.eu-central-1.amazonaws.com", "dynamodb", "dynamodb", "eu-central-1", "aws"],
  ["dynamodb-fips.us-east-1.amazonaws.com", "dynamodb", "dynamodb", "us-east-1", "aws"],
  ["dynamodb.us-gov-west-1.amazonaws.com", "dynamodb", "dynamodb", "us-gov-west-1", "aws-us-gov"],
  ["dynamodb.cn-north-1.amazonaws.com.cn", "dynamodb", "dynamodb", "cn-north-1", "aws-cn"],
  ["lambda.eu-west-1.api.aws", "lambda", "lambda", "eu-west-1", "aws"],
  ["monitoring.eu-west-1.amazonaws.com", "cloudwatch", "monitoring", "eu-west-1", "aws"],
  ["tagging.eu-west-1.amazonaws.com", "tag", "tagging", "eu-west-1", "aws"],
  ["email.eu-west-1.amazonaws.com", "ses", "ses", "eu-west-1", "aws"],
  ["streams.dynamodb.eu-west-1.amazonaws.com", "dynamodb", "dynamodb", "eu-west-1", "aws"],
  ["api.ecr.eu-west-1.amazonaws.com", "ecr", "ecr", "eu-west-1", "aws"],
  ["iam.amazonaws.com", "iam", "iam", "us-east-1", "aws"],
  ["iam.us-gov.amazonaws.com", "iam", "iam", "us-gov-west-1", "aws-us-gov"],
  ["iam.cn-north-1.amazonaws.com.cn", "iam", "iam", "cn-north-1", "aws-cn"],
  ["sts.amazonaws.com", "sts", "sts", "us-east-1", "aws"],
  ["sts.eu-west-1.amazonaws.com", "sts", "sts", "eu-west-1", "aws"],
  ["route53.amazonaws.com", "route53", "route53", "us-east-1", "aws"],
  ["s3.amazonaws.com", "s3", "s3", "us-east-1", "aws"],
  ["s3.eu-west-1.amazonaws.com", "s3", "s3", "eu-west-1", "aws"],
  ["s3-fips.dualstack.us-east-2.amazonaws.com", "s3", "s3", "us-east-2", "aws"],
] as const)("the host %s is %s, signed as %s in %s of %s", ([host, service, signsAs, region, partition]) => {
  const hosts = new Set(awsHostOf(host).filter((each) => each.service === service));
  expect([...hosts]).toContainEqual(expect.objectContaining({ service, signsAs, region, partition }));
  for (const each of hosts) expect(each.bucket).toBeUndefined();
});

test.for([
  ["bucket.s3.eu-west-1.amazonaws.com", "bucket"],
  ["a.bucket.s3.eu-west-1.amazonaws.com", "a.bucket"],
  ["bucket.s3.dualstack.eu-west-1.amazonaws.com", "bucket"],
  ["bucket.s3-fips.us-east-1.amazonaws.com", "bucket"],
  ["bucket.s3.amazonaws.com", "bucket"],
  ["bucket.s3.cn-north-1.amazonaws.com.cn", "bucket"],
  ["dynamodb.us-east-1.amazonaws.com.s3.eu-west-1.amazonaws.com", "dynamodb.us-east-1.amazonaws.com"],
  ["s3.us-east-1.amazonaws.com.s3.eu-west-1.amazonaws.com", "s3.us-east-1.amazonaws.com"],
  ["us-east-1.s3.eu-west-1.amazonaws.com", "us-east-1"],
] as const)("the bucket of %s is read from the right: %s", ([host, bucket]) => {
  const region = /(eu-west-1|us-east-1|cn-north-1)[^-]*$/.exec(host)?.[1] ?? "us-east-1";
  expect(awsHostOf(host)).toEqual([expect.objectContaining({ service: "s3", bucket, region })]);
});

test.for([
  "",
  "amazonaws.com",
  "eu-west-1.amazonaws.com",
  "*.eu-west-1.amazonaws.com",
  "dynamodb.*.amazonaws.com",
  "dynamodb.amazonaws.com.example.com",
  "dynamodb.eu-west-1.amazonaws.com.example.com",
  "dynamodb.eu-west-1.amazonaws.com.",
  "dynamodb.eu-west-1.amazonaws.com:443",
  "DYNAMODB.eu-west-1.amazonaws.com",
  "dynamodb.eu-west-1.example.com",
  "x.dynamodb.eu-west-1.amazonaws.com",
  "dynamodb.eu-west-1.amazonaws.com.cn",
  "dynamodb.cn-north-1.amazonaws.com",
  "dynamodb.us-iso-east-1.amazonaws.com",
  "dynamodb.here.amazonaws.com",
  "dynamodb.eu-west-1.eu-west-1.amazonaws.com",
  "nothing.eu-west-1.amazonaws.com",
  "bucket.s3-accelerate.amazonaws.com",
  "bucket.s3-website-us-east-1.amazonaws.com",
  "bucket.s3-website.eu-west-1.amazonaws.com",
  "point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
  "point-alias-s3alias.s3.eu-west-1.amazonaws.com",
  "point--ol-s3.s3.eu-west-1.amazonaws.com",
  "bucket--use1-az5--x-s3.s3.us-east-1.amazonaws.com",
  "abc.mrap.s3.us-east-1.amazonaws.com",
  "bucket--use1-az5--x-s3.s3express-use1-az5.us-east-1.amazonaws.com",
  "123456789012.s3-control.eu-west-1.amazonaws.com",
  "s3-control.eu-west-1.amazonaws.com",
  "bucket.vpce-1a2b3c4d.s3.us-east-1.vpce.amazonaws.com",
  "vpce-1a2b3c4d.dynamodb.us-east-1.vpce.amazonaws.com",
  "abcdef.execute-api.eu-west-1.amazonaws.com",
  "abcdef.lambda-url.eu-west-1.on.aws",
  "10.0.0.1.s3.eu-west-1.amazonaws.com",
  "a..b.s3.eu-west-1.amazonaws.com",
  ".s3.eu-west-1.amazonaws.com",
  "-a.s3.eu-west-1.amazonaws.com",
  "ab.s3.cn-north-1.amazonaws.com",
  "bucket.s3.cn-north-1.amazonaws.com",
  "bucket.s3.eu-west-1.amazonaws.com.cn",
])("%s is none of AWS's hosts", (host) => {
  expect(awsHostOf(host)).toEqual([]);
});

test("a service at one host is there once, and several are told apart", () => {
  const rds = awsHostOf("rds.eu-west-1.amazonaws.com");
  expect(rds.map(({ service }) => service)).toEqual(["rds"]);
  const json = awsHostOf("streams.dynamodb.eu-west-1.amazonaws.com");
  expect(json.map(({ targetPrefix }) => targetPrefix)).toEqual(["DynamoDBStreams_20120810"]);
});

test("no host signs for a Region of another partition", () => {
  const hosts = awsHostOf("pricingplanmanager.us-east-1.api.aws");
  expect(hosts.map(({ partition }) => partition)).toEqual(["aws"]);
});

test("the endpoints of prefixes have the variables that SDKs read", () => {
  const variables = (prefixes: readonly string[]) =>
    endpointsOf(prefixes, "aws").map((each) => [each.variable, each.host]);
  expect(variables(["s3", "logs", "dynamodb", "sts"])).toEqual([
    ["AWS_ENDPOINT_URL_DYNAMODB", "dynamodb.{region}.amazonaws.com"],
    ["AWS_ENDPOINT_URL_DYNAMODB_STREAMS", "streams.dynamodb.{region}.amazonaws.com"],
    ["AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "logs.{region}.amazonaws.com"],
    ["AWS_ENDPOINT_URL_S3", "s3.{region}.amazonaws.com"],
    ["AWS_ENDPOINT_URL_STS", "sts.{region}.amazonaws.com"],
  ]);
  expect(variables(["iam"])).toContainEqual(["AWS_ENDPOINT_URL_IAM", "iam.amazonaws.com"]);
  expect(endpointsOf(["dynamodb"], "aws-cn")[0]?.host).toBe("dynamodb.{region}.amazonaws.com.cn");
  expect(variables(["nothing"])).toEqual([]);
});

test("each service has a prefix of the catalogue, and each endpoint is read back as its service", () => {
  const prefixes = [...new Set(data.services.map((row) => row.split("\t")[0] ?? ""))];
  expect(prefixes.length).toBeGreaterThan(300);
  for (const prefix of prefixes) expect(loadCatalogue().service(prefix), prefix).toBeDefined();
  const regions = { aws: "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-east-1" } as const;
  for (const partition of ["aws", "aws-cn", "aws-us-gov"] as const)
    for (const { service, host } of endpointsOf(prefixes, partition)) {
      // One service has a host of one partition alone, which botocore names in the others, too.
      if (service === "pricingplanmanager" && partition !== "aws") continue;
      const found = awsHostOf(host.replace("{region}", regions[partition]));
      expect(found, host).toContainEqual(expect.objectContaining({ service, partition }));
    }
});
