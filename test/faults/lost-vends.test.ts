import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { FunctionName } from "../../contract/names.ts";
import { rootIdOf } from "../../contract/task-id.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { KINDS, TABLE_KEYS } from "../../functions/names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import {
  BUCKET,
  exchangeParameters,
  GRANT_TYPE,
  INTENT,
  type RunningCloud,
  runCloud,
} from "../contract/running-cloud.ts";
import { type FaultProxy, type FaultyCall, startFaultProxy } from "./fault-proxy.ts";

const HUB = "999900001111";

let proxy: FaultProxy;
let running: RunningCloud;
beforeAll(async () => {
  const reachedAt = async (endpoint: string) => {
    proxy = await startFaultProxy(endpoint);
    return proxy.endpoint;
  };
  running = await runCloud({ reachedAt });
});
afterEach(() => proxy.mend());
afterAll(async () => {
  await running.close();
  await proxy.close();
});

/** Makes a request that may be repeated under this key. */
async function vend(key: string, details: readonly unknown[] = INTENT): Promise<number> {
  const { status } = await fetch(`${running.url}/v1/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: GRANT_TYPE,
      ...exchangeParameters(await running.cloud.agents.mint({ sub: "agent:demo" })),
      authorization_details: JSON.stringify(details),
      idempotency_key: key,
      task_ttl: "43200",
    }),
  });
  return status;
}

async function liveTasks(): Promise<readonly string[]> {
  const bearer = await running.cloud.people.mint({ sub: "person:alice", aud: `${running.url}/operate` });
  const answer = await fetch(`${running.url}/v1/tasks?agent=demo`, { headers: { authorization: `Bearer ${bearer}` } });
  return ((await answer.json()) as { readonly tasks: readonly { readonly id: string }[] }).tasks.map(({ id }) => id);
}

/** Loses the call, or its answer. From then on nobody can reach the table. */
function losing(which: (call: FaultyCall) => boolean, is: "cut before" | "cut after"): void {
  const first = proxy.order({ service: "dynamodb", where: which, times: 1 }, { is });
  proxy.order({ service: "dynamodb", where: () => first.met > 0 }, { is: "cut before" });
}

const clientAs = (name: FunctionName): DynamoDBClient => {
  const { aws } = running.cloud;
  const credentials = aws.keysFor(
    functionRoleArn(name, { partition: "aws", account: HUB }),
    functionRoleName(name, {}),
  );
  return new DynamoDBClient({ endpoint: aws.endpoint, region: "us-east-1", credentials });
};
const keyOf = (pk: string, sk: string) => ({
  [TABLE_KEYS.partition]: { S: pk },
  [TABLE_KEYS.sort]: { S: sk },
});

/** Changes the task as if it had been opened so many seconds ago, with its timer due this minute. */
async function age(path: string, seconds: number): Promise<void> {
  await clientAs("sweep").send(
    new UpdateItemCommand({
      TableName: "valetkey",
      Key: keyOf(`${KINDS.task}${rootIdOf(path)}`, path),
      UpdateExpression: "ADD openedAt :seconds",
      ExpressionAttributeValues: { ":seconds": { N: String(-seconds) } },
    }),
  );
  const minute = Math.floor(Date.now() / 60_000);
  await clientAs("exchange").send(
    new PutItemCommand({ TableName: "valetkey", Item: keyOf(`${KINDS.timer}${minute}#0`, path) }),
  );
}

const TOOLS = INTENT.filter(({ type }) => type === "tool");
const isOpening = ({ operation, body }: FaultyCall): boolean =>
  operation === "TransactWriteItems" && body.includes("task.opened");
const isConfirmation = ({ operation, body }: FaultyCall): boolean =>
  ["UpdateItem", "TransactWriteItems"].includes(operation) && body.includes("#confirmed");

describe("I5: the table is lost in the middle of a vend", () => {
  it.each([
    ["after its transaction, whose answer is lost too", "run-1", INTENT, isOpening, "cut after"],
    ["before its confirmation arrives", "run-2", INTENT, isConfirmation, "cut before"],
    ["before the confirmation of tools alone arrives", "run-3", TOOLS, isConfirmation, "cut before"],
  ] as const)(
    "%s: nobody gets an answer, the sweep withdraws the task, and the request may be repeated",
    async (_, key, details, which, is) => {
      losing(which, is);
      expect(await vend(key, details)).toBe(503);
      proxy.mend();
      const [left = "", ...others] = await liveTasks();
      expect([left !== "", others]).toEqual([true, []]);
      await age(left, 61);
      await running.cloud.hosts.sweep.invoke({});
      expect(await liveTasks()).toEqual([]);
      expect(await vend(key, details)).toBe(200);
      const [held = ""] = await liveTasks();
      expect(held).not.toBe(left);
      // A task that was handed out is never mistaken for an abandoned one, however old it is.
      await age(held, 61);
      await running.cloud.hosts.sweep.invoke({});
      expect(await liveTasks()).toEqual([held]);
      await end(held);
    },
  );
});

describe("I1: an answer of STS is lost", () => {
  it("the request gets a second session, and the end of the task denies the first one too", async () => {
    const before = proxy.lost.length;
    const isTaskRole = ({ body }: FaultyCall): boolean => body.includes("valetkey-task-");
    proxy.order({ service: "sts", operation: "AssumeRole", where: isTaskRole, times: 1 }, { is: "cut after" });
    expect(await vend("run-4")).toBe(200);
    const [[task = "", ...others], [answer = "", ...more]] = [await liveTasks(), proxy.lost.slice(before)];
    expect([others, more]).toEqual([[], []]);
    const lost = keysIn(answer);
    expect(await reads(lost)).toBe("read");
    await end(task);
    await vi.waitFor(async () => expect(await reads(lost)).toBe("AccessDenied"), 60_000);
  });
});

/** Keys in an answer of AssumeRole. */
function keysIn(xml: string) {
  const textOf = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1] ?? "";
  return {
    accessKeyId: textOf("AccessKeyId"),
    secretAccessKey: textOf("SecretAccessKey"),
    sessionToken: textOf("SessionToken"),
  };
}

/** Reads the report with these keys. @returns `read`, or the name of the error. */
async function reads(credentials: ReturnType<typeof keysIn>): Promise<string> {
  const { endpoint } = running.cloud.aws;
  const s3 = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true, maxAttempts: 1 });
  return s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/weekly.csv" })).then(
    () => "read",
    ({ name }: Error) => name,
  );
}

async function end(path: string): Promise<void> {
  const bearer = await running.cloud.people.mint({ sub: "person:alice", aud: `${running.url}/operate` });
  const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
  const { status } = await fetch(`${running.url}/v1/tasks/${path}/end`, { method: "POST", headers, body: "{}" });
  if (status !== 200) throw new Error(`ending: ${status}`);
}
