import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetScopedCredentialsCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BUCKET, type RunningCloud, runCloud, type StartedTask } from "./running-cloud.ts";

type Keys = Pick<StartedTask, "accessKeyId" | "secretAccessKey" | "sessionToken">;

describe("the ledger of a running cloud", () => {
  let running: RunningCloud;
  let task: StartedTask;
  beforeAll(async () => {
    running = await runCloud();
    task = await running.start();
    const { endpoint, region } = running.cloud.aws;
    const credentials = { ...task };
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
    const read = (Key: string) => s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    await read("reports/weekly.csv");
    await read("reports/weekly.csv");
    await expect(read("payroll/salaries.csv")).rejects.toThrow();
    const put = new PutObjectCommand({ Bucket: BUCKET, Key: "reports/x", Body: "x" });
    await expect(s3.send(put)).rejects.toThrow();
    await vi.waitFor(async () => expect(await rows()).toHaveLength(3), 60_000);
    await running.cloud.settled();
  });
  afterAll(() => running.close());

  const ledger = async () => {
    const authorization = `Bearer ${await running.cloud.people.mint({ sub: "person:alice" })}`;
    return fetch(`${running.url}/v1/tasks/${task.id}/ledger`, { headers: { authorization } });
  };
  const rows = async () => ((await (await ledger()).json()) as { rows: Record<string, unknown>[] }).rows;

  test("shows grants with their uses, and denied attempts", async () => {
    expect(
      (await rows()).map(({ action, resource, granted, used, denied }) => [action, resource, granted, used, denied]),
    ).toEqual([
      ["s3:GetObject", "arn:aws:s3:::acme-data/reports/weekly.csv", true, 2, 0],
      ["s3:GetObject", "arn:aws:s3:::acme-data/payroll/salaries.csv", false, 0, 1],
      ["s3:PutObject", "arn:aws:s3:::acme-data/reports/x", false, 0, 1],
    ]);
  });

  test("names the Regions of the account in which calls are recorded", async () => {
    expect(await (await ledger()).json()).toMatchObject({
      forwarded: [{ account: "111122223333", regions: ["us-east-1"] }],
    });
  });

  test("counts an event once, however often it is delivered", async () => {
    const before = await rows();
    const arn = running.calls.find(({ accessKeyId }) => accessKeyId === task.accessKeyId)?.principalArn ?? "";
    const event = {
      "detail-type": "AWS API Call via CloudTrail",
      source: "aws.s3",
      account: "111122223333",
      detail: {
        eventID: "again",
        eventTime: new Date().toISOString(),
        eventSource: "s3.amazonaws.com",
        eventName: "GetObject",
        awsRegion: "us-east-1",
        sourceIPAddress: "127.0.0.1",
        userIdentity: { arn, accessKeyId: task.accessKeyId },
        resources: [{ ARN: "arn:aws:s3:::acme-data/reports/weekly.csv" }],
      },
    };
    const deliver = (body: object) =>
      running.cloud.hosts.observe.invoke({
        Records: [{ messageId: "m", body: JSON.stringify(body), receiptHandle: "r" }],
      });
    for (let n = 0; n < 3; n += 1) await deliver(event);
    const used = (list: readonly Record<string, unknown>[]) => list.find(({ granted }) => granted)?.used;
    expect(used(await rows())).toBe(Number(used(before)) + 1);
    // An administrator of another target account puts our task's name into that account's own events.
    for (const account of ["444455556666", "999900001111"])
      await deliver({ ...event, account, detail: { ...event.detail, eventID: `forged-${account}` } });
    const foreign = {
      ...event.detail,
      eventID: "foreign",
      userIdentity: { arn: arn.replace("111122223333", "444455556666") },
    };
    await deliver({ ...event, account: "444455556666", detail: foreign });
    expect(used(await rows())).toBe(Number(used(before)) + 1);
  });

  test("counts calls by a session's copies, and by a copy's copy, as the task's own", async () => {
    const { endpoint, region } = running.cloud.aws;
    const used = async () => Number((await rows()).find(({ granted }) => granted)?.used);
    const before = await used();
    const copyOf = async (credentials: Keys, DurationSeconds: number): Promise<Keys> => {
      const sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
      const { Credentials: copy } = await sts.send(new GetScopedCredentialsCommand({ DurationSeconds }));
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = copy ?? {};
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    };
    const read = (credentials: Keys) =>
      new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 }).send(
        new GetObjectCommand({ Bucket: BUCKET, Key: "reports/weekly.csv" }),
      );
    // An event with an unknown key is retried minutes later. To avoid that, each copy is reported first here.
    const copies = async () =>
      Number((await rows()).find(({ action }) => String(action).endsWith(":GetScopedCredentials"))?.used ?? 0);
    const toldOf = (count: number) => vi.waitFor(async () => expect(await copies()).toBe(count), 60_000);
    const copy = await copyOf(task, 300);
    await toldOf(1);
    await read(copy);
    // A copy may not outlive its session, and a busy machine may have taken seconds since.
    const again = await copyOf(copy, 200);
    await toldOf(2);
    expect(new Set([task, copy, again].map(({ accessKeyId }) => accessKeyId)).size).toBe(3);
    await read(again);
    await vi.waitFor(async () => expect(await used()).toBe(before + 2), 60_000);
    await running.cloud.settled();
  });

  test("is readable by operators alone", async () => {
    expect((await fetch(`${running.url}/v1/tasks/${task.id}/ledger`)).status).toBe(401);
  });
});
