import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { httpTable } from "../../../functions/adapters/dynamodb/table/http-table-client.ts";
import { httpOwnSecret } from "../../../functions/adapters/secrets-manager/http-own-secret.ts";
import { httpAssumeRole } from "../../../functions/adapters/sts/http-assume-role.ts";
import { type ScriptedAws, startScriptedAws } from "./scripted-aws.ts";

const ENDPOINTS = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SECRETS_MANAGER"];
let aws: ScriptedAws;
beforeAll(async () => {
  aws = await startScriptedAws();
  Object.assign(process.env, { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "ASIAX", AWS_SECRET_ACCESS_KEY: "x" });
  for (const name of ENDPOINTS) process.env[name] = aws.endpoint;
});
afterAll(async () => {
  for (const name of ENDPOINTS) delete process.env[name];
  await aws.close();
});

const KEY = { pk: "TASK#x", sk: "x" };
const ITEM = Buffer.from(JSON.stringify({ Item: { text: { S: "ä" }, count: { N: "12" } } }));
const whole = { status: 200, body: ITEM, headers: { "x-amz-crc32": String(crc32(ITEM)) } };
const damaged = { ...whole, body: Buffer.from(ITEM.toString().replace("12", "13")) };

it("a damaged answer of DynamoDB is never believed, and the request is retried", async () => {
  aws.play(damaged, whole);
  expect(await httpTable("t").get(KEY)).toEqual({ text: "ä", count: 12 });
  aws.play(damaged);
  await expect(httpTable("t").get(KEY)).rejects.toMatchObject({ code: "store_unavailable" });
  expect(aws.arrived).toHaveLength(3);
});

it("a transaction is repeated under its own token after a lost answer, and another gets another token", async () => {
  const table = httpTable("t");
  const writes = [table.putWrite("x", KEY, {}, "absent")];
  aws.play("cut off", { status: 200, body: "{}" });
  expect(await table.transact(writes)).toEqual([]);
  expect(await table.transact(writes)).toEqual([]);
  const tokens = aws.arrived.map(({ body }) => (JSON.parse(body) as { ClientRequestToken: string }).ClientRequestToken);
  expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(tokens[1]).toBe(tokens[0]);
  expect(tokens[2]).not.toBe(tokens[0]);
});

const ASSUMED = {
  AccessKeyId: "ASIAY",
  SecretAccessKey: "a/b+c=",
  SessionToken: "t/+=",
  Expiration: "2026-01-02T03:04:05Z",
};
const answerOf = (fields: object, more = "") => ({
  status: 200,
  body: `<AssumeRoleResponse><AssumeRoleResult><Credentials>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("\n")}</Credentials>${more}</AssumeRoleResult></AssumeRoleResponse>`,
});
const REQUEST = {
  RoleArn: "arn:aws:iam::111122223333:role/valetkey-task-0",
  RoleSessionName: "k7f3m2q9x4ab.",
  Policy: '{"a":"b&c=d+ä"}',
  DurationSeconds: 900,
  Tags: [
    { Key: "valetkey:agent", Value: "demo" },
    { Key: "valetkey:task", Value: "k7f3m2q9x4ab." },
  ],
  TransitiveTagKeys: ["valetkey:agent", "valetkey:task"],
};

it("AssumeRole is written in AWS's query protocol, and its answer is read", async () => {
  aws.play(answerOf(ASSUMED, "<SessionTokenUtilization>42</SessionTokenUtilization>"));
  expect(await httpAssumeRole()(REQUEST)).toEqual({
    Credentials: { ...ASSUMED, Expiration: new Date("2026-01-02T03:04:05Z") },
    SessionTokenUtilization: 42,
  });
  expect(Object.fromEntries(new URLSearchParams(aws.arrived[0]?.body))).toEqual({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: REQUEST.RoleArn,
    Policy: REQUEST.Policy,
    RoleSessionName: REQUEST.RoleSessionName,
    DurationSeconds: "900",
    "Tags.member.1.Key": "valetkey:agent",
    "Tags.member.1.Value": "demo",
    "Tags.member.2.Key": "valetkey:task",
    "Tags.member.2.Value": "k7f3m2q9x4ab.",
    "TransitiveTagKeys.member.1": "valetkey:agent",
    "TransitiveTagKeys.member.2": "valetkey:task",
  });
});

it.each([
  ["a key twice", answerOf({ ...ASSUMED, AccessKeyId: "A</AccessKeyId><AccessKeyId>B" }), "AccessKeyId"],
  ["a key with an entity", answerOf({ ...ASSUMED, SecretAccessKey: "a&amp;b" }), "SecretAccessKey"],
  ["no expiry", answerOf({ ...ASSUMED, Expiration: "soon" }), "Expiration"],
] as const)("an answer of STS with %s is taken for one without it", async (_, answer, member) => {
  aws.play(answer);
  const { Credentials: read } = await httpAssumeRole()(REQUEST);
  expect(read?.[member]).toBeUndefined();
});

it("a member of AssumeRole that the client cannot write is refused before the request", async () => {
  aws.play(answerOf(ASSUMED));
  const managed = { ...REQUEST, PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }] };
  await expect(httpAssumeRole()(managed)).rejects.toThrow("PolicyArns is not written");
  expect(aws.arrived).toHaveLength(0);
});

it("a secret without a version at the stage counts as missing, and so does one without text", async () => {
  const own = httpOwnSecret();
  aws.play({ status: 400, body: '{"__type":"ResourceNotFoundException"}' });
  expect(await own("valetkey/seal", "AWSPREVIOUS")).toBeUndefined();
  aws.play({ status: 200, body: '{"SecretBinary":"eA=="}' });
  expect(await own("valetkey/seal", "AWSCURRENT")).toBeUndefined();
  aws.play({ status: 200, body: '{"SecretString":"text"}' });
  expect(await own("valetkey/seal", "AWSCURRENT")).toBe("text");
  expect(JSON.parse(aws.arrived[0]?.body ?? "")).toEqual({ SecretId: "valetkey/seal", VersionStage: "AWSCURRENT" });
});

it.each([
  [400, "AccessDeniedException", "connector_refused"],
  [400, "ThrottlingException", "connector_unavailable"],
  [500, "InternalServiceError", "connector_unavailable"],
])("a secret that answers %i %s is %s", async (status, code, refusal) => {
  aws.play({ status, body: JSON.stringify({ __type: code }) });
  await expect(httpOwnSecret()("x", "AWSCURRENT")).rejects.toMatchObject({ code: refusal });
});
