import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from "@aws-sdk/client-sts";
import type { ApiCall } from "../../../local/emulator/api-call.ts";
import type { DynamoChoice } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../../local/emulator/embedded-aws.ts";
import type { Credentials } from "../../../local/emulator/sessions.ts";
import type { TableChange } from "../../../local/emulator/table-change.ts";

export const HUB = "999900001111";
export const TARGET = "111122223333";
export const VENDOR_ROLE = `arn:aws:iam::${HUB}:role/vendor`;
export const TASK_ROLE = `arn:aws:iam::${TARGET}:role/task`;
export const BOUNDED_ROLE = `arn:aws:iam::${TARGET}:role/bounded`;
export const REVOKER_ROLE = `arn:aws:iam::${TARGET}:role/revoker`;
export const STRANGER_ROLE = `arn:aws:iam::${HUB}:role/stranger`;
export const TABLE = "ledger";
export const BUCKET = "acme-data";

/** A hub that vends, a target with task roles, a table, a bucket, and a clock that the test moves. */
export interface Stage {
  readonly aws: EmbeddedAws;
  readonly calls: ApiCall[];
  readonly changes: TableChange[];
  advance(seconds: number): void;
  /** ISO time, so many seconds from the stage's now. */
  inSeconds(seconds: number): string;
  config(credentials: Credentials): { endpoint: string; region: string; credentials: Credentials; maxAttempts: number };
  /** Keys of a task session, assumed by the vendor with everything that the trust policy requires. */
  vend(change?: Partial<AssumeRoleCommandInput>): Promise<Credentials>;
  close(): Promise<void>;
}

export const policy = (...Statement: object[]): Record<string, unknown> => ({ Version: "2012-10-17", Statement });
export const allow = (Action: string | string[], Resource: string | string[] = "*", Condition?: object): object => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});
export const deny = (Action: string, Condition: object): object => ({
  Effect: "Deny",
  Action,
  Resource: "*",
  Condition,
});

const trusts = (arn: string, Action: string, Condition?: object): object => ({
  Effect: "Allow",
  Principal: { AWS: arn },
  Action,
  ...(Condition === undefined ? {} : { Condition }),
});
const tagged = { "aws:RequestTag/valetkey:task": "*" };
const named = { "sts:SourceIdentity": "*" };
const taskTrust = policy(
  trusts(VENDOR_ROLE, "sts:AssumeRole", { StringLike: { ...tagged, ...named } }),
  trusts(VENDOR_ROLE, "sts:TagSession", { StringLike: tagged }),
  trusts(VENDOR_ROLE, "sts:SetSourceIdentity", { StringLike: named }),
);

export async function setStage(dynamodb?: DynamoChoice): Promise<Stage> {
  let offsetMs = 0;
  const now = (): number => Date.now() + offsetMs;
  const calls: ApiCall[] = [];
  const changes: TableChange[] = [];
  const aws = await startEmbeddedAws({
    port: 0,
    now,
    ...(dynamodb === undefined ? {} : { dynamodb }),
    onApiCall: (call) => calls.push(call),
    onTableChange: (batch) => {
      changes.push(...batch);
    },
    isImaged: ({ pk }) => pk?.S === "TASK#imaged",
  });
  await createAccounts(aws);
  const config: Stage["config"] = (credentials) => ({
    endpoint: aws.endpoint,
    region: "us-east-1",
    credentials,
    maxAttempts: 2,
  });
  const vendor = new STSClient(config(aws.keysFor(VENDOR_ROLE, "vend-1")));
  return {
    aws,
    calls,
    changes,
    advance: (seconds) => {
      offsetMs += seconds * 1000;
    },
    inSeconds: (seconds) => new Date(now() + seconds * 1000).toISOString(),
    config,
    vend: async (change = {}) => {
      const answer = await vendor.send(
        new AssumeRoleCommand({
          RoleArn: TASK_ROLE,
          RoleSessionName: "k7f3m2q9x4ab.",
          SourceIdentity: "demo",
          DurationSeconds: 900,
          Tags: [{ Key: "valetkey:task", Value: "k7f3m2q9x4ab" }],
          TransitiveTagKeys: ["valetkey:task"],
          ...change,
        }),
      );
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = answer.Credentials ?? {};
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    },
    close: () => aws.close(),
  };
}

async function createAccounts(aws: EmbeddedAws): Promise<void> {
  const [hub, target] = [aws.admin(HUB), aws.admin(TARGET)];
  const assumes = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
  const lambda = policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
  const everything = { everything: policy(allow("*")) };
  await hub.createRole({
    name: "vendor",
    trust: lambda,
    permissions: {
      vend: policy(allow(assumes)),
      table: policy(
        allow("dynamodb:*", `arn:aws:dynamodb:us-east-1:${HUB}:table/${TABLE}`, {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["TASK#*"] },
        }),
      ),
    },
  });
  await hub.createRole({ name: "stranger", trust: lambda, permissions: everything });
  await target.createRole({ name: "task", trust: taskTrust, permissions: everything });
  await target.createRole({
    name: "bounded",
    trust: taskTrust,
    permissions: everything,
    boundary: policy(allow("s3:GetObject")),
  });
  await target.createRole({
    name: "revoker",
    trust: lambda,
    permissions: { inline: policy(allow(["iam:*RolePolicy", "iam:ListRolePolicies", "iam:GetRole"])) },
  });
  target.putBucket(BUCKET);
  target.putObject(BUCKET, "reports/a.txt", "a report");
  target.putObject(BUCKET, "pii/b.txt", "a secret");
  await hub.createTable({
    TableName: TABLE,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  });
}

/** The clients of one caller. */
export function clientsOf(
  stage: Stage,
  credentials: Credentials,
): Readonly<{
  dynamo: DynamoDBClient;
  iam: IAMClient;
  s3: S3Client;
  sts: STSClient;
}> {
  const config = stage.config(credentials);
  return {
    dynamo: new DynamoDBClient(config),
    iam: new IAMClient(config),
    s3: new S3Client(config),
    sts: new STSClient(config),
  };
}
