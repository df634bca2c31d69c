import { describe, expect, it } from "vitest";
import { holdsSecret, MOST_CALLS, READ_CHARACTERS, refusedCalls } from "../../../client/task/refused-calls.ts";

const OWN = { name: "k7f3m2q9x4ab_", accounts: ["111122223333", "444455556666"] };
const USER = "User: arn:aws:sts::111122223333:assumed-role/valetkey-task-0/k7f3m2q9x4ab_";
const LACKS = (action: string) => `because no session policy allows the ${action} action`;
const put = (resource: string) =>
  `${USER} is not authorized to perform: s3:PutObject on resource: ${resource} ${LACKS("s3:PutObject")}`;
const X = "arn:aws:s3:::reports/x";
const read = (text: string) => refusedCalls(text, OWN);
const PUT = { account: "111122223333", action: "s3:PutObject", resource: X };

describe("a refusal by AWS is read", () => {
  it.each([
    [
      "the aws command",
      `upload failed: ./x to s3://reports/x An error occurred (AccessDenied) when calling the PutObject operation: ${put(`"${X}"`)}\n`,
    ],
    [
      "boto3",
      `botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: ${put(`"${X}"`)}`,
    ],
    [
      "the JavaScript SDK",
      `AccessDenied: ${put(`"${X}"`)}\n    at ProtocolLib.getErrorSchemaOrThrowBaseException (x.js:1:1) {\n  '$fault': 'client'`,
    ],
    [
      "Go's SDK",
      `operation error S3: PutObject, https response error StatusCode: 403, RequestID: 1, HostID: 2, api error AccessDenied: ${put(`"${X}"`)}`,
    ],
    ["Java's SDK", `S3Exception: ${put(`"${X}"`)} (Service: S3, Status Code: 403, Request ID: 1)`],
    ["a log in JSON", JSON.stringify({ level: "error", error: put(`"${X}"`) })],
    ["a service without quotation marks", put(X)],
    ["a terminal with colours", `\u001b[31m${put(`"${X}"`)}\u001b[0m`],
  ])("in the words of %s", (_, text) => {
    expect(read(text)).toEqual([PUT]);
  });

  it.each([
    [
      "without a resource, as for all",
      `${USER} is not authorized to perform: ec2:DescribeInstances ${LACKS("ec2:DescribeInstances")}`,
      "ec2:DescribeInstances",
      "*",
    ],
    [
      "after EC2's own sentence",
      `You are not authorized to perform this operation. ${USER} is not authorized to perform: ec2:StopInstances on resource: arn:aws:ec2:eu-west-1:111122223333:instance/i-1 ${LACKS("ec2:StopInstances")}. Encoded authorization failure message: x`,
      "ec2:StopInstances",
      "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
    ],
    [
      "with the service in lower case, as --allow takes it",
      `${USER} is not authorized to perform: SNS:Publish on resource: arn:aws:sns:eu-west-1:111122223333:news ${LACKS("SNS:Publish")}`,
      "sns:Publish",
      "arn:aws:sns:eu-west-1:111122223333:news",
    ],
    [
      "of another partition",
      put("arn:aws-us-gov:s3:::reports/x").replace("arn:aws:sts", "arn:aws-us-gov:sts"),
      "s3:PutObject",
      "arn:aws-us-gov:s3:::reports/x",
    ],
  ])("%s", (_, text, action, resource) => {
    expect(read(text)).toEqual([{ account: "111122223333", action, resource }]);
  });

  it.each([
    [
      "another policy denies the call",
      `${USER} is not authorized to perform: s3:PutObject on resource: "${X}" with an explicit deny in an identity-based policy`,
    ],
    [
      "the role has no permission",
      `${USER} is not authorized to perform: s3:PutObject on resource: "${X}" because no identity-based policy allows the s3:PutObject action`,
    ],
    ["AWS names no reason", `${USER} is not authorized to perform: s3:PutObject on resource: ${X}`],
    ["the reason is about another action", put(`"${X}"`).replace(/the s3:PutObject/, "the s3:GetObject")],
    ["the session is another task's", put(`"${X}"`).replace("k7f3m2q9x4ab_", "aaaaaaaaaaaa_")],
    ["the session is one of a task below", put(`"${X}"`).replace("k7f3m2q9x4ab_", "k7f3m2q9x4ab_c1x9_")],
    ["the session is of another account", put(`"${X}"`).replace("111122223333", "999900001111")],
    ["a user calls", put(`"${X}"`).replace(/arn:aws:sts\S+/, "arn:aws:iam::111122223333:user/k7f3m2q9x4ab_")],
    ["the resource is in another account", put("arn:aws:sqs:eu-west-1:999900001111:jobs")],
    ["the resource is AWS's own", put("arn:aws:iam::aws:policy/ReadOnlyAccess")],
    ["the resource is a name", put("my-secret")],
    ["the resource is a pattern", put(`"arn:aws:s3:::reports/*"`)],
    ["the resource has one character open", put(`"arn:aws:s3:::reports/?"`)],
    ["the resource has a policy variable", put(`"arn:aws:s3:::reports/\${aws:username}"`)],
    ["the resource has a space", put(`"arn:aws:s3:::reports/a b"`)],
    ["the resource has an escape code", put(`"arn:aws:s3:::reports/\u001b[2Jx"`)],
    ["the resource has a line break", put(`"arn:aws:s3:::reports/a\nb"`)],
    ["the resource has a quotation mark", put(`"arn:aws:s3:::reports/a"b"`)],
    ["the resource has a command to a CI runner", put(`"arn:aws:s3:::reports/##vso[x]"`)],
    ["the resource is no ASCII", put(`"arn:aws:s3:::reports/\u202ex"`)],
    ["the resource is longer than any flag should be", put(`"arn:aws:s3:::${"x".repeat(600)}"`)],
    ["the action has an option in it", put(`"${X}"`).replaceAll("s3:PutObject", "s3:Put*")],
  ])("not where %s", (_, text) => {
    expect(read(text)).toEqual([]);
  });

  it("once for an action and a resource, and a few at most", () => {
    const many = Array.from({ length: 20 }, (_, index) => put(`"${X}${index >> 1}"`)).join("\n");
    expect(read(many).map(({ resource }) => resource)).toEqual([`${X}0`, `${X}1`, `${X}2`]);
    expect(MOST_CALLS).toBe(3);
  });

  it("within a bound of text, and of sentences", () => {
    expect(read(`${put(`"${X}"`)}\n${"x".repeat(READ_CHARACTERS)}`)).toEqual([]);
    const others = `${put("a").slice(0, -1)}\n${put(X).replace("k7f3m2q9x4ab_", "b")}`;
    expect(read(`${others}\n${put(X)}`)).toEqual([PUT]);
    const foreign = put(X).replace("k7f3m2q9x4ab_", "bb").replace("valetkey-task-0", "r");
    expect(read(`${`${foreign}\n`.repeat(250)}${put(X)}`)).toEqual([]);
  });

  it("in a moment, also in a text that is written to take long", () => {
    const began = performance.now();
    for (const part of [
      "User: arn:aws:sts::",
      `${USER} is not authorized to perform: s3:A on resource: "arn:`,
      put(X).slice(0, -2),
    ])
      read(part.repeat(READ_CHARACTERS / part.length));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe("a resource that holds a secret", () => {
  const token = `IQ${"oJb3Jp/Z2luX2VjEOv+".repeat(20)}`;
  it.each([
    ["a key's id", "arn:aws:s3:::b/ASIA0000000000000001", []],
    ["a part of a session's token", `arn:aws:s3:::b/${token.slice(40, 300)}`, [token]],
    ["a part that is encoded as in a URL", `arn:aws:s3:::b/${encodeURIComponent(token.slice(40, 90))}`, [token]],
    ["a whole short secret", "arn:aws:s3:::b/hunter2hunter2", ["hunter2hunter2"]],
    ["the first characters of any session's token", "arn:aws:s3:::b/IQoJb3JpZ2luX2Vj", []],
    ["those of an older form", "arn:aws:s3:::b/FwoGZXIvYXdzEJr", []],
    ["a JWT", "arn:aws:s3:::b/eyJhbGciOiJFUzI1NiJ9", []],
    ["a task token", "arn:aws:s3:::b/vk_k7f3m2q9x4ab_x", []],
    ["a delegation", "arn:aws:s3:::b/vkd_k7f3m2q9x4ab_x", []],
  ])("is found: %s", (_, resource, secrets) => {
    expect(holdsSecret({ resource }, secrets)).toBe(true);
  });

  it("is not confused with one that shares a word or a prefix of an ARN with a secret", () => {
    const secrets = [token, "short", "", "arn:aws:s3:::reports/x-of-a-secret"];
    expect(holdsSecret({ resource: `${X}/short/100%` }, secrets)).toBe(false);
  });
});
