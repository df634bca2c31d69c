import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyArchive } from "../../client/audit/verify-archive.ts";
import { Voting } from "../../local/issuer/voting.ts";
import { type ApprovingCloud, runApprovingCloud, type Waiting } from "./approving-cloud.ts";
import { BUCKET, exchangeParameters, GRANT_TYPE, type StartedTask } from "./running-cloud.ts";

/** Milliseconds from a lift until the hub hands out anything again. */
const RESUMES_MS = 61_000;
/**
 * Tolerated difference of the issuers' clocks, in milliseconds. For this long after the restore, a new token may be one
 * from before.
 */
const SKEW_MS = 31_000;
const COPY = "valetkey-copy";

let running: ApprovingCloud;
let configFile: string;
let consoleUrl: string;
beforeAll(async () => {
  // A rule of each minute would end the tasks from before the restore, which is not tested here.
  running = await runApprovingCloud({}, {}, { hasRules: false });
  consoleUrl = JSON.parse(readFileSync(running.configFile, "utf8")).console.url;
  configFile = `${running.configFile}.restored.json`;
});
afterAll(() => running.close());

const operate = async (method: string, path: string): Promise<{ readonly status: number; readonly body: never }> => {
  const operator = await running.cloud.people.mint({ sub: "person:alice" });
  const answer = await fetch(`${running.url}${path}`, { method, headers: { authorization: `Bearer ${operator}` } });
  return { status: answer.status, body: (await answer.json()) as never };
};

const renewed = async ({ id, token }: Pick<StartedTask, "id" | "token">): Promise<string | undefined> => {
  const headers = { authorization: token };
  const answer = await fetch(`${running.url}/v1/tasks/${id}/credentials/aws-0`, { headers });
  return ((await answer.json()) as { readonly Code?: string }).Code;
};

const exchanged = async (token: string): Promise<string | undefined> => {
  const body = new URLSearchParams({ grant_type: GRANT_TYPE, ...exchangeParameters(token) });
  const answer = await fetch(`${running.url}/v1/token`, { method: "POST", body });
  return ((await answer.json()) as { readonly code?: string }).code;
};

/** True where AWS lets the session read. */
const reads = ({ accessKeyId, secretAccessKey, sessionToken }: StartedTask): Promise<boolean> =>
  new S3Client({
    endpoint: running.cloud.aws.endpoint,
    region: running.cloud.aws.region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  })
    .send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/weekly.csv" }))
    .then(
      () => true,
      () => false,
    );

const swept = async (): Promise<void> => {
  await running.cloud.hosts.sweep.invoke({});
  await running.cloud.settled();
};

const archived = async () => {
  const { cloud } = running;
  await cloud.settled();
  await cloud.hosts.archive.invoke({});
  const hub = cloud.aws.admin(cloud.hubAccount);
  const bucket = cloud.scope.archiveBucket;
  return verifyArchive({
    read: async (key) => hub.getObject(bucket, key)?.body,
    list: async (folder) => hub.objectKeys(bucket).filter((key) => key.startsWith(`${folder}/`)),
  });
};

describe("a hub whose table is a restored copy", () => {
  let ended: StartedTask;
  let lost: StartedTask;
  let unused: Waiting;
  let used: Waiting;
  let agentToken: string;
  let operatorToken: string;

  beforeAll(async () => {
    const { cloud, voting } = running;
    await running.register("writer");
    [ended, unused, used] = [
      await running.start(),
      await running.ask("writer", "published/unused.csv"),
      await running.ask("writer", "published/used.csv"),
    ];
    for (const { approval } of [unused, used]) expect(await voting.approve("person:bob", approval)).toMatch(/^200 /);
    await cloud.settled();
    const copiedAt = `${new Date().toISOString().slice(0, 19)}Z`;
    await cloud.aws.admin(cloud.hubAccount).copyTable("valetkey", COPY);
    // The copy contains none of this.
    expect((await running.poll(used)).key?.AccessKeyId).toMatch(/^ASIA/);
    await running.complete(ended);
    lost = await running.start();
    expect(await reads(lost)).toBe(true);
    [agentToken, operatorToken] = [
      await cloud.agents.mint({ sub: "agent:demo" }),
      await cloud.people.mint({ sub: "person:alice" }),
    ];
    expect((await archived()).verdict).toBe("intact");

    await pause(1_000);
    const restored = {
      restoredAt: `${new Date().toISOString().slice(0, 19)}Z`,
      table: {
        name: COPY,
        copiedAt,
        stream: `arn:aws:dynamodb:us-east-1:999900001111:table/${COPY}/stream/2026-11-27T00:00:00.000`,
      },
    };
    writeFileSync(configFile, JSON.stringify({ ...JSON.parse(readFileSync(running.configFile, "utf8")), ...restored }));
    await cloud.redeploy(configFile);
    await pause(SKEW_MS);
  });

  it("is halted: it hands out nothing, and denies every session in every role", async () => {
    expect((await operate("GET", "/v1/panic")).body).toMatchObject({ halted: true, declared_by: "restore" });
    expect(await renewed(ended)).toBe("halted");
    // The votes for these tasks are from before the restore, and no longer count.
    for (const task of [unused, used])
      expect([task.id, await renewed(task)]).toEqual([task.id, "authorization_pending"]);
    expect(await exchanged(await running.cloud.agents.mint({ sub: "agent:demo" }))).toBe("halted");
    await swept();
    expect(await reads(lost)).toBe(false);
  });

  it("accepts nothing from before the restore, once an operator has lifted the halt", async () => {
    expect(await exchanged(agentToken)).toBe("token_expired");
    const headers = { authorization: `Bearer ${operatorToken}` };
    expect((await fetch(`${running.url}/v1/panic/lift`, { method: "POST", headers })).status).toBe(401);
    expect(await operate("POST", "/v1/panic/lift")).toMatchObject({ status: 200 });
    await pause(RESUMES_MS);
    await swept();
    expect(await renewed(ended)).toBe("task_ended");
    expect(await renewed(lost)).toBe("task_token_invalid");
    for (const waiting of [unused, used]) {
      const { key, code } = await running.poll(waiting);
      expect([key, code]).toEqual([undefined, "task_ended"]);
      expect((await running.renew(waiting)).key).toBeUndefined();
    }
    expect(await exchanged(agentToken)).toBe("token_expired");
    expect(await reads(lost)).toBe(false);
  }, 150_000);

  it("works for tasks that begin after it, with new votes", async () => {
    const task = await running.start();
    expect(await reads(task)).toBe(true);
    const waiting = await running.ask("writer", "published/new.csv");
    // People sign in again.
    const voting = new Voting(running.url, running.cloud.people.issuer, consoleUrl);
    expect(await voting.approve("person:bob", waiting.approval)).toMatch(/^200 /);
    expect((await running.poll(waiting)).key?.AccessKeyId).toMatch(/^ASIA/);
    await running.complete(task);
  });

  it("continues the same log, which records the restore and the journals that it cut", async () => {
    const verified = await archived();
    expect(verified).toMatchObject({ verdict: "intact", faults: [], restored: [expect.stringMatching(/^20/)] });
    expect(verified.cuts.map(({ journal }) => journal)).toContain(`tasks ${ended.id}`);
  });
});
