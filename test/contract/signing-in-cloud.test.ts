import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { functionRoleName, sessionsKeyAlias, taskRoleName } from "../../functions/hub-names.ts";
import { SESSION_CONTEXT } from "../../functions/names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import { Thief } from "../infra/thief.ts";
import { startClient } from "../unit/client/run-client.ts";
import { ACCOUNT, BUCKET, type RunningCloud, runCloud } from "./running-cloud.ts";
import { sendRead, signRead, startKept } from "./signing/kept-task.ts";

const REPORT = "reports/weekly.csv";

/** Program of the command: reads an object by the SDK, then waits for its standard input, and reads it again. */
const PROGRAM = `
import { readFileSync } from "node:fs";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
const s3 = new S3Client({ maxAttempts: 1 });
const read = (Key) => s3.send(new GetObjectCommand({ Bucket: "${BUCKET}", Key })).then(
  ({ Body }) => Body.transformToString(),
  ({ name, message }) => name + ": " + message,
);
console.log(JSON.stringify({
  read: await read("${REPORT}"),
  beyond: await read("payroll/salaries.csv"),
  env: process.env,
  heap: [...Array(3)].map(() => readFileSync("/proc/self/environ", "latin1")).join(""),
}));
`;

describe("a task whose sessions stay in the hub, in a running cloud", () => {
  let running: RunningCloud;
  let folder: string;
  beforeAll(async () => {
    running = await runCloud();
    folder = mkdtempSync(join(tmpdir(), "valetkey-sign-"));
    writeFileSync(join(folder, "child.mjs"), PROGRAM);
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const keysOf = (name: FunctionName) =>
    running.cloud.aws.keysFor(
      functionRoleArn(name, { partition: "aws", account: running.cloud.hubAccount }),
      functionRoleName(name, {}),
    );
  const as = (name: FunctionName) => ({
    ...{ endpoint: running.cloud.aws.endpoint, region: running.cloud.aws.region },
    ...{ credentials: keysOf(name), maxAttempts: 1 },
  });
  const outcome = (call: Promise<unknown>) => call.then(() => "done").catch((error: Error) => error.name);

  it("has requests signed that AWS answers, as far as the session policy goes, and none after its end", async () => {
    const task = await startKept(running);
    expect(task.credentials).toMatchObject([{ type: "aws-sign" }]);
    const signed = await signRead(running, task);
    expect(signed.operation).toBe("s3:GetObject");
    expect(await sendRead(running, signed)).toBe(200);
    const salaries = `/${BUCKET}/payroll/salaries.csv`;
    // A signature is for one request: another path is another request.
    expect(await sendRead(running, signed, salaries)).toBe(403);
    expect(await sendRead(running, await signRead(running, task, salaries), salaries)).toBe(403);
    const item = marshall({ pk: `SESSION#${task.id}`, sk: "aws-0" });
    const reader = new Thief(running, "sign");
    expect(await reader.read(item)).toHaveProperty("sealed");
    await running.complete({ ...task, accessKeyId: "", secretAccessKey: "", sessionToken: "" });
    await expect(reader.read(item)).rejects.toThrow("not there");
    expect(await signRead(running, task)).toMatchObject({ code: "task_ended" });
    // IAM denies the session by now, so that the earlier signature is dead too.
    expect(await sendRead(running, signed)).toBe(403);
  });

  it("is in the ledger as any other, and its receipt has each signature", async () => {
    const task = await startKept(running);
    await sendRead(running, await signRead(running, task));
    await sendRead(running, await signRead(running, task));
    const read = async (what: "ledger" | "receipt") => {
      const authorization = `Bearer ${await running.cloud.people.mint({ sub: "person:alice" })}`;
      return (await fetch(`${running.url}/v1/tasks/${task.id}/${what}`, { headers: { authorization } })).json();
    };
    const resource = `arn:aws:s3:::${BUCKET}/${REPORT}`;
    await vi.waitFor(
      async () => expect(await read("ledger")).toMatchObject({ rows: [{ action: "s3:GetObject", resource, used: 2 }] }),
      60_000,
    );
    expect(await read("receipt")).toMatchObject({
      leases: [{ signed: { count: 2, calls: [{ operation: "s3:GetObject", count: 2 }] } }],
    });
  });

  it("has a child without a key: exec --sign passes on none, and the SDK reads what was granted", async () => {
    const { cloud, url } = running;
    const command = startClient(
      [
        ...["exec", "--sign", "--purpose", "read", "--account", ACCOUNT],
        ...["--allow", `s3:GetObject=arn:aws:s3:::${BUCKET}/reports/*`, "--", process.execPath],
        ...["--input-type=module", "--eval", PROGRAM],
      ],
      {
        ...{ VALETKEY_URL: url, VALETKEY_TOKEN: await cloud.agents.mint({ sub: "agent:demo" }) },
        ...{ AWS_ENDPOINT_URL: cloud.aws.endpoint, AWS_REGION: "us-east-1" },
      },
    );
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr.includes("success")], stderr).toEqual([0, true]);
    const seen = JSON.parse(stdout) as { read: string; beyond: string; env: Record<string, string>; heap: string };
    expect(seen.read).toBe("week,orders\n");
    expect(seen.beyond).toMatch(/AccessDenied/);
    expect(seen.env.AWS_ENDPOINT_URL_S3).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(seen.env.AWS_ENDPOINT_URL).not.toBe(cloud.aws.endpoint);
    expect(seen.env.NO_PROXY).toContain("127.0.0.1");
    expect(Object.keys(seen.env).filter((name) => /ACCESS_KEY|SESSION_TOKEN|VALETKEY_TOKEN/.test(name))).toEqual([]);
    const secrets = cloud.aws.sessionKeys().map(({ secretAccessKey }) => secretAccessKey);
    expect(secrets.filter((secret) => JSON.stringify(seen).includes(secret))).toEqual([]);
    expect(secrets.filter((secret) => readFileSync(cloud.logFile, "utf8").includes(secret))).toEqual([]);
  });

  it("is opened by sign alone, and by the exchange not even the sessions that it has put (I12)", async () => {
    const task = await startKept(running);
    const item = { pk: `SESSION#${task.id}`, sk: "aws-0" };
    const readers: string[] = [];
    const openers: string[] = [];
    const key = {
      KeyId: sessionsKeyAlias({}),
      EncryptionContext: { [SESSION_CONTEXT.task]: task.id, [SESSION_CONTEXT.lease]: "aws-0" },
    };
    const made = await new KMSClient(as("exchange")).send(new GenerateDataKeyCommand({ ...key, KeySpec: "AES_256" }));
    for (const name of FUNCTIONS.filter((each) => each !== "signals")) {
      if (await new Thief(running, name).reads(item)) readers.push(name);
      const kms = new KMSClient(as(name));
      const { KeyId: _, ...context } = key;
      const opened = await outcome(kms.send(new DecryptCommand({ ...context, CiphertextBlob: made.CiphertextBlob })));
      if (opened === "done") openers.push(name);
    }
    expect([readers, openers]).toEqual([["sign"], ["sign"]]);
    const kms = new KMSClient(as("sign"));
    const CiphertextBlob = made.CiphertextBlob;
    for (const context of [{}, { [SESSION_CONTEXT.task]: "another" }, { "another:key": task.id }])
      expect(await outcome(kms.send(new DecryptCommand({ EncryptionContext: context, CiphertextBlob })))).not.toBe(
        "done",
      );
  });

  it("is signed for by a function that can neither become a role, nor write a task, a session or a journal of tasks", async () => {
    const task = await startKept(running);
    const sts = new STSClient(as("sign"));
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${taskRoleName(0, {})}`;
    expect(await outcome(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "thief" })))).toBe("AccessDenied");
    const thief = new Thief(running, "sign");
    for (const item of [
      { pk: `SESSION#${task.id}`, sk: "aws-0", sealed: "x" },
      { pk: `TASK#${task.id}`, sk: task.id, status: "active" },
      { pk: "LIVE#demo", sk: `TASK#${task.id}` },
      { pk: "ACTIVE#demo", sk: "ACTIVE" },
      { pk: `JOURNAL#${task.id}`, sk: "x" },
    ])
      expect([item.pk, await thief.write(item)]).toEqual([item.pk, false]);
  });
});
