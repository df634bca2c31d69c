import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AwsService, type CallBounds } from "../../../functions/adapters/aws/aws-service.ts";
import { jsonFaultOf } from "../../../functions/adapters/aws/json-fault.ts";
import { type Scripted, type ScriptedAws, startScriptedAws } from "./scripted-aws.ts";

const BOUNDS: CallBounds = { attempts: 3, connectMs: 10_000, attemptMs: 20_000, wholeMs: 60_000 };
const HEADERS = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.GetItem" };
const FINE: Scripted = { status: 200, body: "{}" };
const fault = (status: number, code: string) => ({ status, body: JSON.stringify({ __type: `a.b#${code}` }) });

let aws: ScriptedAws;
beforeAll(async () => {
  aws = await startScriptedAws();
  Object.assign(process.env, {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "ASIAX",
    AWS_SECRET_ACCESS_KEY: "x",
    AWS_SESSION_TOKEN: "token",
    AWS_ENDPOINT_URL_DYNAMODB: aws.endpoint,
  });
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
  await aws.close();
});
beforeEach(() => aws.play(FINE));

const service = (bounds: Partial<CallBounds> = {}, nowMs: () => number = Date.now) =>
  new AwsService("dynamodb", { ...BOUNDS, ...bounds }, jsonFaultOf, () => {}, nowMs);
/** Outcome of one call: the answer, or the fault's name. */
const outcome = (call: Promise<string>) => call.catch((error: Error) => error.name);

describe("the small client of AWS", () => {
  it("signs for the service and Region, with the role's session token", async () => {
    expect(await service().send(HEADERS, '{"a":"ä"}')).toBe("{}");
    const [{ headers, body } = { headers: {}, body: "" }] = aws.arrived;
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIAX\/\d{8}\/eu-central-1\/dynamodb\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
    expect([headers["x-amz-security-token"], headers["content-length"], body]).toEqual(["token", "10", '{"a":"ä"}']);
  });

  it("keeps its connection open for the next call", async () => {
    const one = service();
    const before = aws.connections();
    for (let call = 0; call < 5; call += 1) await one.send(HEADERS, "{}");
    expect(aws.connections() - before).toBeLessThanOrEqual(1);
  });

  it.each<[string, Scripted]>([
    ["an answer that says AWS failed", fault(500, "InternalServerError")],
    ["a page of something between", { status: 503, body: "<html>" }],
    ["a throttle", fault(400, "ThrottlingException")],
    ["too little throughput", fault(400, "ProvisionedThroughputExceededException")],
    ["a transaction that is still in progress", fault(400, "TransactionInProgressException")],
    ["a connection that is cut off", "cut off"],
    ["a connection that is cut off within the answer", "cut off in the middle"],
    ["no answer in time", "silence"],
    ["half an answer in time", "silence in the middle"],
  ])("retries after %s", async (_, first) => {
    aws.play(first, FINE);
    const bounds = String(first).startsWith("silence") ? { attemptMs: 1_000 } : {};
    expect(await outcome(service(bounds).send(HEADERS, "{}"))).toBe("{}");
    expect(aws.arrived).toHaveLength(2);
    aws.play(first);
    expect(await outcome(service({ ...bounds, attempts: 2 }).send(HEADERS, "{}"))).not.toBe("{}");
    expect(aws.arrived).toHaveLength(2);
  });

  it.each([
    [400, "ConditionalCheckFailedException"],
    [400, "TransactionCanceledException"],
    [400, "ValidationException"],
    [403, "AccessDenied"],
    [403, "ExpiredTokenException"],
  ])("does not repeat what AWS refuses: %i %s", async (status, code) => {
    aws.play(fault(status, code));
    await expect(service().send(HEADERS, "{}")).rejects.toMatchObject({ name: code, $fault: "client" });
    expect(aws.arrived).toHaveLength(1);
  });

  it("copies nothing of AWS's answer into the message of a fault", async () => {
    aws.play({ status: 400, body: JSON.stringify({ __type: "X", message: "arn:aws:iam::1:role/secret" }) });
    await expect(service().send(HEADERS, "{}")).rejects.toThrow(/^X \(HTTP 400\)$/);
  });

  it("treats a redirect as no answer of AWS, and does not follow it", async () => {
    aws.play({ status: 307, headers: { location: `${aws.endpoint}/elsewhere` } });
    await expect(service().send(HEADERS, "{}")).rejects.toMatchObject({ name: "UnknownError", $fault: undefined });
    expect(aws.arrived).toHaveLength(1);
  });

  it("ends all attempts within the total time limit, though each would take longer", async () => {
    aws.play("silence");
    const beganAtMs = performance.now();
    expect(await outcome(service({ attempts: 9, attemptMs: 200, wholeMs: 350 }).send(HEADERS, "{}"))).toBe(
      "TimeoutError",
    );
    expect(performance.now() - beganAtMs).toBeLessThan(10_000);
    expect(aws.arrived.length).toBeLessThanOrEqual(3);
  });

  it("stops retrying while AWS is down, and resumes when AWS is back", async () => {
    const one = service({ attempts: 2 });
    aws.play(fault(500, "InternalServerError"));
    for (let call = 0; call < 110; call += 1) await outcome(one.send(HEADERS, "{}"));
    // 500 tokens, five for each retry: the last ten calls had none left.
    expect(aws.arrived).toHaveLength(110 + 100);
    aws.play(FINE);
    for (let call = 0; call < 5; call += 1) await one.send(HEADERS, "{}");
    aws.play(fault(500, "InternalServerError"), FINE);
    expect(await outcome(one.send(HEADERS, "{}"))).toBe("{}");
  }, 240_000);

  it("signs by AWS's clock where ours is minutes off, and retries at once where AWS refuses the signature", async () => {
    const offMs = 3_600_000;
    const one = service({}, () => Date.now() - offMs);
    const date = () => ({ date: new Date().toUTCString() });
    aws.play(
      { status: 400, body: '{"__type":"a#InvalidSignatureException"}', headers: date() },
      { ...FINE, headers: date() },
    );
    expect(await outcome(one.send(HEADERS, "{}"))).toBe("{}");
    const [first, second] = aws.arrived.map(({ headers }) => momentOf(String(headers["x-amz-date"])));
    expect(Math.abs((first ?? 0) - (Date.now() - offMs))).toBeLessThan(60_000);
    expect(Math.abs((second ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("does not repeat a signature that AWS refuses by a clock that agrees with ours", async () => {
    aws.play({ ...fault(400, "InvalidSignatureException"), headers: { date: new Date().toUTCString() } });
    expect(await outcome(service().send(HEADERS, "{}"))).toBe("InvalidSignatureException");
    expect(aws.arrived).toHaveLength(1);
  });

  it("needs credentials and a Region, and names the missing one", async () => {
    const { AWS_SECRET_ACCESS_KEY: key, AWS_REGION: region } = process.env;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await expect(service().send(HEADERS, "{}")).rejects.toThrow("no credentials in the environment");
    process.env.AWS_SECRET_ACCESS_KEY = key;
    delete process.env.AWS_REGION;
    expect(() => service()).toThrow("AWS_REGION");
    process.env.AWS_REGION = region;
    await sleep(0);
  });
});

/** Reads SigV4's form of a moment, `20260102T030405Z`; epoch milliseconds. */
const momentOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
