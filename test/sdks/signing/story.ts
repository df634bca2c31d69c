import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startProcess } from "../../contract/package/start-process.ts";
import { ACCOUNT, type RunningCloud, runCloud } from "../../contract/running-cloud.ts";
import { CLIENT } from "../../unit/client/run-client.ts";
import type { Program } from "../programs.ts";
import { type JudgeAws, type SigningKeys, startJudgeAws } from "./judge-aws.ts";
import { LARGE_BYTES, SIGNED_LINES } from "./programs.ts";

const POLICIES = fileURLToPath(new URL("../../../policies", import.meta.url));
const [BUCKET, TABLE] = ["acme-signed", "jobs"];
/** Key whose every byte class an SDK writes in its own way. */
const KEY = "reports/a b+ü~(1)'*!.csv";
const QUEUE = `https://sqs.us-east-1.amazonaws.com/123456789012/jobs`;
/** An ARN is in the path of the request. */
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:missing`;

const GRANTED = [
  `s3:GetObject,s3:PutObject=arn:aws:s3:::${BUCKET}/reports/*`,
  `dynamodb:GetItem,dynamodb:PutItem=arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${TABLE}`,
  `sqs:SendMessage,sqs:ReceiveMessage=arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`,
  "sts:GetCallerIdentity=*",
  "lambda:ListFunctions=*",
  `lambda:InvokeFunction=${FUNCTION}`,
];

/** Key of the one who makes the bucket, the table and the queue. */
const ADMIN: SigningKeys = { accessKeyId: "AKIAADMIN", secretAccessKey: "the administrator's" };

/** Hub that signs, and an AWS in which botocore verifies each signature. */
export interface SigningWorld {
  readonly running: RunningCloud;
  readonly aws: JudgeAws;
  readonly folder: string;
  close(): Promise<void>;
}

/** @param folder an empty one. */
export async function startSigningWorld(folder: string): Promise<SigningWorld> {
  const policiesDir = join(folder, "policies");
  mkdirSync(policiesDir);
  for (const file of ["schema.cedarschema", "operators.cedar"]) cpSync(join(POLICIES, file), join(policiesDir, file));
  const names = GRANTED.flatMap((each) => each.slice(0, each.indexOf("=")).split(","));
  const actions = names.map((name) => `Action::"${name}"`).join(", ");
  const permit = `@id("signed")\n@deliver("sign")\n@outlives("GetCallerIdentity proves who calls")\npermit (principal is Agent in Team::"demo", action in [${actions}], resource);\n`;
  writeFileSync(join(policiesDir, "permits.cedar"), permit);
  writeFileSync(join(folder, "large"), Buffer.alloc(LARGE_BYTES, "valetkey\n"));
  const account = { id: ACCOUNT, region: "us-east-1", taskRoles: 1, personTag: true, ceiling: names };
  const running = await runCloud({ policiesDir }, { accounts: [account] });
  const aws = await startJudgeAws(() => [ADMIN, ...running.cloud.aws.sessionKeys()]);
  const settings = { region: "us-east-1", endpoint: aws.endpoint, credentials: ADMIN };
  await new S3Client(settings).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await new SQSClient(settings).send(new CreateQueueCommand({ QueueName: "jobs" }));
  await new DynamoDBClient(settings).send(
    new CreateTableCommand({
      ...{ TableName: TABLE, BillingMode: "PAY_PER_REQUEST" },
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    }),
  );
  return {
    ...{ running, aws, folder },
    close: async () => {
      await aws.close();
      await running.close();
    },
  };
}

/** Outcome of each program, beside the number of its requests and what it wrote to stderr. */
export const AS_IT_IS_SIGNED = {
  lines: SIGNED_LINES,
  code: 0,
  faults: [],
  services: ["dynamodb", "lambda", "s3", "sqs", "sts"],
  isByTheHub: true,
};

/** Runs the unmodified program under `valetkey exec`, which has every request signed by the hub. */
export async function signingStory({ running, aws, folder }: SigningWorld, program: Program) {
  await aws.seen();
  const env = {
    HOME: folder,
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    VALETKEY_URL: running.url,
    VALETKEY_ACCOUNT: ACCOUNT,
    VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: "agent:demo" }),
  };
  const args = program.command([BUCKET, KEY, join(folder, "large"), TABLE, QUEUE, FUNCTION]);
  const allow = GRANTED.flatMap((each) => ["--allow", each]);
  const { stdout, stderr, code } = await startProcess(
    process.execPath,
    [CLIENT, "exec", "--purpose", "sign", ...allow, "--", ...args],
    env,
    180_000,
  );
  const seen = await aws.seen();
  const ids = new Set(running.cloud.aws.sessionKeys().map(({ accessKeyId }) => accessKeyId));
  return {
    lines: stdout.trim().split("\n"),
    code,
    faults: seen.filter(({ fault }) => fault !== null),
    services: [...new Set(seen.map(({ service }) => service))].toSorted(),
    isByTheHub: seen.every(({ key }) => key !== null && ids.has(key)),
    requests: seen.length,
    output: stderr,
  };
}
