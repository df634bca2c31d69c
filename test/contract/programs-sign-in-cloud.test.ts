import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsConfig, type RunningTask, type TaskRequest, withTask } from "../../client/with-task.ts";
import { hasBoto3 } from "../needs.ts";
import { ACCOUNT, BUCKET, type RunningCloud, runCloud } from "./running-cloud.ts";

/** Program of the Python package. Prints a line for what each of its tries gets. */
const PYTHON = `
import sys, valetkey
account, bucket = sys.argv[1:]
grant = valetkey.aws(account, ["s3:GetObject"], [f"arn:aws:s3:::{bucket}/reports/*"])
def attempt(work):
    try: print(work())
    except Exception as error: print(getattr(error, "response", {}).get("Error", {}).get("Code") or error)
def reading(session, key):
    return lambda: session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode().strip()
with valetkey.task(purpose="read", intent=[grant], deliver="sign") as task:
    session = task.boto3_session(region="us-east-1")
    attempt(reading(session, "reports/weekly.csv"))
    attempt(reading(session, "payroll/salaries.csv"))
    attempt(lambda: session.get_credentials().access_key)
    attempt(lambda: session.client("s3").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}))
    attempt(lambda: session.client("dynamodb").list_tables())
attempt(reading(session, "reports/weekly.csv"))
`;

describe("task.awsConfig, in a running cloud", () => {
  let running: RunningCloud;
  beforeAll(async () => {
    running = await runCloud();
  });
  afterAll(() => running.close());

  const within = async <T>(work: (task: RunningTask) => Promise<T>, more: Partial<TaskRequest> = {}) =>
    withTask(
      {
        ...{ url: running.url, purpose: "read", identity: await running.cloud.agents.mint({ sub: "agent:demo" }) },
        intent: [
          {
            ...{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject"] },
            resources: [`arn:aws:s3:::${BUCKET}/reports/*`],
          },
        ],
        ...more,
      },
      work,
    );
  const there = () => ({ endpoint: running.cloud.aws.endpoint, region: "us-east-1", maxAttempts: 1 });
  const s3 = (config: AwsConfig) => new S3Client({ ...there(), forcePathStyle: true, ...config });
  const read = async (config: AwsConfig, Key: string) => {
    const { Body } = await s3(config).send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return Body?.transformToString();
  };

  it.each([
    ["keys", {}],
    ["signatures of the hub", { deliver: "sign" as const }],
  ])("is a client's configuration with %s, as far as the task goes", async (_, more) => {
    await within(async (task) => {
      const config = task.awsConfig(ACCOUNT);
      expect(await read(config, "reports/weekly.csv")).toBe("week,orders\n");
      await expect(read(config, "payroll/salaries.csv")).rejects.toMatchObject({ name: "AccessDenied" });
      expect(() => task.awsConfig("999999999999")).toThrow(
        `the task has no AWS credentials for account 999999999999; it has them for ${ACCOUNT}`,
      );
    }, more);
  });

  it("has no key where the hub signs, and signs nothing once the task has ended", async () => {
    const outlived = await within(
      async (task) => {
        await expect(task.credentials()()).rejects.toThrow(
          "the hub signs this task's requests: give clients task.awsConfig()",
        );
        const config = task.awsConfig();
        expect(await config.credentials()).toEqual({ accessKeyId: "VALETKEYSIGNS", secretAccessKey: "no-key" });
        expect(await read(config, "reports/weekly.csv")).toBe("week,orders\n");
        return config;
      },
      { deliver: "sign" },
    );
    await expect(read(outlived, "reports/weekly.csv")).rejects.toMatchObject({
      event: "task_ended",
      reason: "refused",
    });
  });

  it("names the services of the task where a client is for another one", async () => {
    await within(
      async (task) => {
        const client = new DynamoDBClient({ ...there(), ...task.awsConfig() });
        await expect(client.send(new ListTablesCommand({}))).rejects.toThrow(
          `the task was not granted dynamodb in account ${ACCOUNT}: it has s3`,
        );
      },
      { deliver: "sign" },
    );
  });

  it("has a query and a key signed as the SDK sends them", async () => {
    const [folder, key] = ["reports/a (1)", "reports/a (1)/it's ~ 100%+ü!.csv"];
    running.cloud.aws.admin(ACCOUNT).putObject(BUCKET, key, "odd");
    const intent = [
      { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [`arn:aws:s3:::${BUCKET}/reports/*`] },
      { type: "aws", account: ACCOUNT, actions: ["s3:ListBucket"], resources: [`arn:aws:s3:::${BUCKET}`] },
    ];
    await within(
      async (task) => {
        expect(await read(task.awsConfig(), key)).toBe("odd");
        const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${folder}/it's ~ 100%+ü!` });
        const { Contents = [] } = await s3(task.awsConfig()).send(list);
        expect(Contents.map(({ Key }) => Key)).toEqual([key]);
      },
      { deliver: "sign", intent },
    );
  });

  it.runIf(hasBoto3())("is a boto3 session too, which has no key and finds none", async () => {
    const env = {
      ...{ PATH: process.env.PATH, PYTHONPATH: "python/src", PYTHONDONTWRITEBYTECODE: "1", HOME: "/nonexistent" },
      // A key in the environment that the session of a task must never use.
      ...{ AWS_ACCESS_KEY_ID: "AKIALONGLIVED", AWS_SECRET_ACCESS_KEY: "decoy" },
      ...{ AWS_ENDPOINT_URL: running.cloud.aws.endpoint, VALETKEY_URL: running.url },
      VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:demo" }),
    };
    const { stdout } = await promisify(execFile)("python3", ["-c", PYTHON, ACCOUNT, BUCKET], { env });
    expect(stdout.trim().split("\n")).toEqual([
      "week,orders",
      "AccessDenied",
      "VALETKEYSIGNS",
      "a presigned URL needs a key, and the hub signs this task's requests: send the request itself",
      "the task was not granted dynamodb in account 111122223333: it has s3",
      expect.stringMatching(/^Task .+ has ended\.$/),
    ]);
  });
});
