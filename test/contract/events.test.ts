import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KINDS, TABLE_KEYS } from "../../functions/names.ts";
import {
  ACCOUNT,
  BUS_ARN,
  PUBLISHER,
  publisherKeys,
  putRequest,
  type RunningCloud,
  runCloud,
} from "./running-cloud.ts";

const HUB = "999900001111";
const hasCli = spawnSync("aws", ["--version"]).status === 0;

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
});
afterAll(() => running.close());

/** Status of the task, as its holder reads it. */
async function statusOf({ id, token }: { readonly id: string; readonly token: string }): Promise<string> {
  const answer = await fetch(`${running.url}/v1/tasks/${id}`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { readonly status: string }).status;
}

/** All revocation policies of the target account, as one text. */
const revocations = (): string =>
  [0, 1]
    .map((index) => `arn:aws:iam::${ACCOUNT}:role/valetkey-task-${index}`)
    .map((arn) => JSON.stringify(running.cloud.aws.rolePolicies(arn).inline))
    .join();

describe("the bus of the running cloud", () => {
  it("a publisher's event ends a task, down to IAM", async () => {
    const task = await running.start();
    await putRequest(running.cloud, "task.end", { task: task.id });
    await running.cloud.settled();
    expect(await statusOf(task)).toBe("revoked");
    expect(revocations()).toContain(task.id);
  });

  it.skipIf(!hasCli)("the command of docs/events.md ends a task, too", async () => {
    const task = await running.start();
    const { accessKeyId, secretAccessKey, sessionToken = "" } = publisherKeys(running.cloud);
    const detail = { version: "1", task: task.id, reason: "the pipeline has finished", requested_by: "ci" };
    const Detail = JSON.stringify(detail);
    const entry = { EventBusName: BUS_ARN, Source: "valetkey.request", DetailType: "task.end", Detail };
    const { stdout } = await promisify(execFile)(
      "aws",
      ["events", "put-events", "--entries", JSON.stringify([entry])],
      {
        env: {
          PATH: process.env.PATH,
          HOME: "/nonexistent",
          AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
          AWS_DEFAULT_REGION: "us-east-1",
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_SESSION_TOKEN: sessionToken,
        },
      },
    );
    expect(JSON.parse(stdout)).toMatchObject({ FailedEntryCount: 0 });
    await running.cloud.settled();
    expect(await statusOf(task)).toBe("revoked");
  });

  /** The bus's answer to an event that another caller puts, or that differs from a publisher's. */
  const putting = async (roleArn: string, changed: Readonly<Record<string, string>> = {}) => {
    const task = await running.start();
    const { aws } = running.cloud;
    const client = new EventBridgeClient({
      endpoint: aws.endpoint,
      region: aws.region,
      credentials: aws.keysFor(roleArn, "forger"),
    });
    const Detail = JSON.stringify({ version: "1", task: task.id, reason: "r", requested_by: "x" });
    const entry = { EventBusName: BUS_ARN, Source: "valetkey.request", DetailType: "task.end", Detail, ...changed };
    const answer = await client.send(new PutEventsCommand({ Entries: [entry] })).then(
      () => "put",
      (error: Error) => error.name,
    );
    await running.cloud.settled();
    expect(await statusOf(task)).toBe("active");
    return answer;
  };
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const admin = async (account: string, name: string): Promise<string> =>
    (
      await running.cloud.aws
        .admin(account)
        .createRole({ name, trust: { Version: "2012-10-17", Statement: [] }, permissions: { everything } })
    ).arn;

  it("refuses events of callers that are no publishers, even of an administrator of its own account", async () => {
    expect(await putting(await admin("777788889999", "outsider"))).toBe("AccessDeniedException");
    expect(await putting(await admin(HUB, "insider"))).toBe("AccessDeniedException");
    expect(await putting(`arn:aws:iam::${ACCOUNT}:role/valetkey-task-0`)).toBe("AccessDeniedException");
    const exchange = `arn:aws:iam::${HUB}:role/valetkey-exchange`;
    expect(await putting(exchange)).toBe("AccessDeniedException");
  });

  it("lets a publisher act only under its own name, and only on permitted types", async () => {
    const root = await admin(PUBLISHER, "root-like");
    expect(await putting(root, { Source: "valetkey" })).toBe("AccessDeniedException");
    expect(await putting(root, { Source: "acme.ci" })).toBe("AccessDeniedException");
    expect(await putting(root, { DetailType: "agent.register" })).toBe("AccessDeniedException");
  });

  it("ends a task that the sweep forgot once DynamoDB removes its timer, and no task before its deadline", async () => {
    const [live, forgotten] = [await running.start(), await running.start({ task_ttl: "2" })];
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    for (const { id } of [live, forgotten]) await expireTimer(id);
    expect(await running.cloud.aws.removeExpired(HUB, "valetkey", TABLE_KEYS.ttl)).toBe(2);
    await running.cloud.settled();
    expect([await statusOf(live), await statusOf(forgotten)]).toEqual(["active", "expired"]);
    expect(revocations()).toContain(forgotten.id);
  });
});

/**
 * Adds another timer of the task, whose TTL has long passed. Uses the rights of the exchange, which may write there.
 */
async function expireTimer(path: string): Promise<void> {
  const { aws } = running.cloud;
  const keys = aws.keysFor(`arn:aws:iam::${HUB}:role/valetkey-exchange`, "valetkey-exchange");
  const client = new DynamoDBClient({ endpoint: aws.endpoint, region: aws.region, credentials: keys });
  const key = { [TABLE_KEYS.partition]: { S: `${KINDS.timer}1#0` }, [TABLE_KEYS.sort]: { S: path } };
  const item = { ...key, [TABLE_KEYS.ttl]: { N: "60" } };
  await client.send(new PutItemCommand({ TableName: "valetkey", Item: item }));
}
