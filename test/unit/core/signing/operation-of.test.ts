import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { awsHostOf } from "../../../../functions/core/signing/aws-hosts.ts";
import { operationOf } from "../../../../functions/core/signing/operation-of.ts";
import type { RequestToSign } from "../../../../functions/core/signing/request.ts";
import { signable } from "./signable.ts";

const DYNAMODB = "dynamodb.eu-central-1.amazonaws.com";
const S3 = "s3.eu-central-1.amazonaws.com";

function operation(parts: Partial<RequestToSign>): string | undefined {
  const request = signable(parts);
  const [host] = awsHostOf(request.host);
  if (host === undefined) throw new Error(`${request.host} is none of AWS's hosts`);
  return operationOf(request, host);
}

const JSON_TYPE = ["Content-Type", "application/x-amz-json-1.0"] as const;
const PUT_ITEM = ["X-Amz-Target", "DynamoDB_20120810.PutItem"] as const;
const call: Partial<RequestToSign> = { host: DYNAMODB, method: "POST", path: "/", headers: [JSON_TYPE, PUT_ITEM] };

test("a target names the operation of a request of JSON", () => {
  expect(operation(call)).toBe("dynamodb:PutItem");
  expect(
    operation({
      ...call,
      host: "streams.dynamodb.eu-central-1.amazonaws.com",
      headers: [JSON_TYPE, ["x-amz-target", "DynamoDBStreams_20120810.GetRecords"]],
    }),
  ).toBe("dynamodb:GetRecords");
});

test.for<readonly [why: string, parts: Partial<RequestToSign>]>([
  ["a form's body", { headers: [["Content-Type", "application/x-www-form-urlencoded"], PUT_ITEM] }],
  ["no content type", { headers: [PUT_ITEM] }],
  ["another content type of JSON", { headers: [["content-type", "application/json"], PUT_ITEM] }],
  ["two content types", { headers: [JSON_TYPE, JSON_TYPE, PUT_ITEM] }],
  ["no target", { headers: [JSON_TYPE] }],
  ["two targets", { headers: [JSON_TYPE, PUT_ITEM, ["x-amz-target", "DynamoDB_20120810.Scan"]] }],
  ["a target of another service", { headers: [JSON_TYPE, ["x-amz-target", "DynamoDBStreams_20120810.GetRecords"]] }],
  ["a target of another version", { headers: [JSON_TYPE, ["x-amz-target", "DynamoDB_20111205.PutItem"]] }],
  ["a target with a longer prefix", { headers: [JSON_TYPE, ["x-amz-target", "DynamoDB_20120810.v2.PutItem"]] }],
  ["a target without an operation", { headers: [JSON_TYPE, ["x-amz-target", "DynamoDB_20120810."]] }],
  ["a target in lower case", { headers: [JSON_TYPE, ["x-amz-target", "DynamoDB_20120810.putItem"]] }],
  ["an Action in the query", { query: "Action=Scan" }],
  ["any query", { query: "a=1" }],
  ["another path", { path: "/x" }],
  ["another method", { method: "GET" }],
  ["another protocol beside the target", { headers: [JSON_TYPE, PUT_ITEM, ["smithy-protocol", "rpc-v2-cbor"]] }],
  ["a service of forms", { host: "iam.amazonaws.com" }],
  ["a service of paths", { host: "lambda.eu-central-1.amazonaws.com" }],
])("%s leaves a request unmapped", ([, parts]) => {
  expect(operation({ ...call, ...parts })).toBeUndefined();
});

const COPY = [["X-Amz-Copy-Source", "/other/key"]] as const;

test.for<
  readonly [name: string | undefined, method: string, path: string, query: string, headers?: RequestToSign["headers"]]
>([
  ["GetObject", "GET", "/key", ""],
  ["GetObject", "GET", "/key", "x-id=GetObject&versionId=1"],
  ["GetObject", "GET", "//", ""],
  ["HeadObject", "HEAD", "/key", ""],
  ["PutObject", "PUT", "/a/b", "x-id=PutObject"],
  ["CopyObject", "PUT", "/key", "x-id=CopyObject", COPY],
  ["UploadPart", "PUT", "/key", "partNumber=1&uploadId=u"],
  ["UploadPartCopy", "PUT", "/key", "uploadId=u&partNumber=1", COPY],
  ["CreateMultipartUpload", "POST", "/key", "uploads"],
  ["CompleteMultipartUpload", "POST", "/key", "uploadId=u"],
  ["AbortMultipartUpload", "DELETE", "/key", "uploadId=u"],
  ["GetObjectAcl", "GET", "/key", "acl"],
  ["PutObjectTagging", "PUT", "/key", "tagging="],
  ["ListObjectsV2", "GET", "/", "list-type=2&prefix=a"],
  ["ListObjects", "GET", "/", "prefix=a"],
  ["PutBucketPolicy", "PUT", "/", "policy"],
  ["GetBucketAnalyticsConfiguration", "GET", "/", "analytics&id=1"],
  ["DeleteObjects", "POST", "/", "delete"],
  ["DeleteBucket", "DELETE", "/", ""],
  // Each of these has two readings, or one that is not known.
  [undefined, "PUT", "/key", "x-id=GetObject"],
  [undefined, "PUT", "/key", "x-id=PutObject", COPY],
  [undefined, "PUT", "/key", "", [["x-amz-rename-source", "/other"]]],
  [undefined, "GET", "/key", "", COPY],
  [undefined, "GET", "/key", "acl&tagging"],
  [undefined, "GET", "/key", "acl=1"],
  [undefined, "GET", "/key", "unknown"],
  [undefined, "GET", "/key", "versionId=1&versionId=2"],
  [undefined, "GET", "/key", "%61cl"],
  [undefined, "GET", "/key", "ACL"],
  [undefined, "GET", "/", "list-type=3"],
  [undefined, "GET", "/a%2Fb", ""],
  [undefined, "GET", "/", "session"],
  [undefined, "PUT", "/key", "partNumber=1"],
  [undefined, "POST", "/", ""],
  [undefined, "POST", "/key", "select"],
  [undefined, "OPTIONS", "/key", ""],
])("the operation of S3 is %s for %s %s?%s", ([name, method, path, query, headers = []]) => {
  const expected = name === undefined ? undefined : `s3:${name}`;
  expect(operation({ method, path, query, headers })).toBe(expected);
  // In path style, the first segment is the bucket.
  expect(operation({ host: S3, method, path: `/bucket${path}`, query, headers })).toBe(expected);
});

test.for([
  ["s3:ListBuckets", "/"],
  ["s3:ListObjects", "/bucket"],
  ["s3:ListObjects", "/bucket/"],
  ["s3:GetObject", "/bucket//"],
  [undefined, "//"],
  [undefined, "//key"],
  [undefined, "/bucket%2fkey"],
] as const)("in path style, %s is what GET %s asks for", ([name, path]) => {
  expect(operation({ host: S3, path })).toBe(name);
});

const sha256 = (body: string) => createHash("sha256").update(body).digest("hex");
const FORM = ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"] as const;
const whoCalls: Partial<RequestToSign> = {
  ...{ host: "sts.eu-central-1.amazonaws.com", method: "POST", path: "/", headers: [FORM] },
  payloadHash: sha256("Action=GetCallerIdentity&Version=2011-06-15"),
};

test("the hash of its one body names GetCallerIdentity of STS", () => {
  expect(operation(whoCalls)).toBe("sts:GetCallerIdentity");
  expect(operation({ ...whoCalls, host: "sts.amazonaws.com" })).toBe("sts:GetCallerIdentity");
});

test.for<readonly [why: string, parts: Partial<RequestToSign>]>([
  ["a body of another call", { payloadHash: sha256("Action=GetSessionToken&Version=2011-06-15") }],
  ["a body with more", { payloadHash: sha256("Action=GetCallerIdentity&Version=2011-06-15&Action=GetSessionToken") }],
  ["no hash of its body", { payloadHash: "UNSIGNED-PAYLOAD" }],
  ["an Action in the query", { query: "Action=GetSessionToken" }],
  ["another method", { method: "GET" }],
  ["another path", { path: "/x" }],
  ["no form", { headers: [JSON_TYPE] }],
  ["no content type", { headers: [] }],
  [
    "a target beside its form",
    { headers: [FORM, ["x-amz-target", "AWSSecurityTokenServiceV20110615.GetSessionToken"]] },
  ],
  ["a body that is packed", { headers: [FORM, ["content-encoding", "gzip"]] }],
  ["another protocol", { headers: [FORM, ["smithy-protocol", "rpc-v2-cbor"]] }],
])("%s leaves a request to STS unmapped", ([, parts]) => {
  expect(operation({ ...whoCalls, ...parts })).toBeUndefined();
});
