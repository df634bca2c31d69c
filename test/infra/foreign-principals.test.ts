import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Template } from "aws-cdk-lib/assertions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { personTagSecret, recordKeySecret } from "../../functions/hub-names.ts";
import { functionRoleArn, queueArn } from "../../infra/arns.ts";
import {
  archiveWritersPolicy,
  generatedSecretPolicy,
  generatedSecrets,
  queuePolicy,
  streamPolicy,
  tablePolicy,
} from "../../infra/foreign-principals.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { type RunningCloud, runCloud } from "../contract/running-cloud.ts";
import { CONFIG, deployedStacks, resourcesOf } from "./deployed-stacks.ts";
import { SCOPE } from "./tested-hub.ts";

const HUB = "999900001111";
interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}
const arn = (role: string) => `arn:aws:iam::${HUB}:role/${role}`;

let running: RunningCloud;
beforeAll(async () => {
  running = await runCloud();
  const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } as const;
  const trust = { Version: "2012-10-17", Statement: [] } as const;
  for (const name of ["developer", `cdk-hnb659fds-cfn-exec-role-${HUB}-us-east-1`])
    await running.cloud.aws.admin(HUB).createRole({ name, trust, permissions: { all } });
});
afterAll(() => running.close());

/** Calls of everything that a hub stores, with the keys of a role; each with whether IAM lets it. */
async function reached(role: string): Promise<Readonly<Record<string, boolean>>> {
  const { endpoint, region } = running.cloud.aws;
  const credentials = running.cloud.aws.keysFor(role, "session");
  const settings = { endpoint, region, credentials, maxAttempts: 1 };
  const [table, queue] = [new DynamoDBClient(settings), new SQSClient(settings)];
  const [secrets, s3] = [new SecretsManagerClient(settings), new S3Client({ ...settings, forcePathStyle: true })];
  const { scope } = running.cloud;
  const QueueUrl = `${endpoint}/${HUB}/${scope.probeQueueName}`;
  const TableName = scope.tableName;
  const Key = { pk: { S: "REGISTRATION#ghost" }, sk: { S: "REGISTRATION" } };
  const SecretId = recordKeySecret(scope);
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    "puts a registration": () => table.send(new PutItemCommand({ TableName, Item: Key })),
    "reads a registration": () => table.send(new GetItemCommand({ TableName, Key })),
    "scans the table": () => table.send(new ScanCommand({ TableName })),
    "puts an event": () =>
      s3.send(new PutObjectCommand({ Bucket: scope.archiveBucket, Key: "incoming/forged", Body: "{}" })),
    "reads the record key": () => secrets.send(new GetSecretValueCommand({ SecretId })),
    "puts a record key": () => secrets.send(new PutSecretValueCommand({ SecretId, SecretString: "known" })),
    "reads the key of people's tags": () =>
      secrets.send(new GetSecretValueCommand({ SecretId: personTagSecret(scope) })),
    "sends a message": () => queue.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" })),
    "takes a message": () => queue.send(new ReceiveMessageCommand({ QueueUrl })),
  };
  const outcomes: [string, boolean][] = [];
  for (const [name, call] of Object.entries(calls)) {
    const isRefused = await call().then(
      () => false,
      (error: Error) => /AccessDenied/.test(error.name) || /not authorized/.test(error.message),
    );
    outcomes.push([name, !isRefused]);
  }
  return Object.fromEntries(outcomes);
}

describe("another principal of the hub's account, with every right on *", () => {
  it("reaches none of the table, the archive, the generated secrets and the queues", async () => {
    const outcomes = await reached(arn("developer"));
    expect(Object.keys(outcomes)).toHaveLength(9);
    expect(Object.entries(outcomes).filter(([, isLet]) => isLet)).toEqual([]);
  });

  it("reaches them as CloudFormation does for the CDK, so that a deployment is not locked out", async () => {
    const outcomes = await reached(arn(`cdk-hnb659fds-cfn-exec-role-${HUB}-us-east-1`));
    expect(Object.entries(outcomes).filter(([, isLet]) => !isLet)).toEqual([]);
  });
});

const QUEUES = [
  ...[SCOPE.revocationQueueName, SCOPE.leaseRevocationQueueName, SCOPE.probeQueueName, SCOPE.deadlineQueueName],
  ...[SCOPE.notificationQueueName, SCOPE.useQueueName, SCOPE.archiveAgainQueueName, SCOPE.undoneQueueName],
];
const exempted = ([statement]: ReturnType<typeof queuePolicy>): readonly string[] =>
  statement?.Condition.ArnNotLike["aws:PrincipalArn"] ?? [];
const functionsIn = (policy: ReturnType<typeof queuePolicy>): readonly FunctionName[] =>
  FUNCTIONS.filter((name) => exempted(policy).includes(functionRoleArn(name, SCOPE)));

describe("the policies of the hub's own resources", () => {
  it("name exactly the functions that have a right there", () => {
    expect({
      table: FUNCTIONS.filter((name) => !functionsIn(tablePolicy(SCOPE)).includes(name)),
      stream: functionsIn(streamPolicy(SCOPE)),
      archive: functionsIn(archiveWritersPolicy(SCOPE)),
      secrets: generatedSecrets(SCOPE).map((name) => functionsIn(generatedSecretPolicy(name, SCOPE))),
      queues: Object.fromEntries(QUEUES.map((name) => [name, functionsIn(queuePolicy(name, SCOPE))])),
    }).toEqual({
      table: ["relay", "collect", "archive", "console", "signals"],
      stream: ["relay", "collect"],
      archive: ["collect", "archive"],
      secrets: [["exchange"], ["exchange"]],
      queues: {
        "valetkey-revocations.fifo": ["sweep", "relay", "reconcile"],
        "valetkey-lease-revocations.fifo": ["sweep", "relay", "revoke-leases"],
        "valetkey-probes": ["relay", "probe"],
        "valetkey-deadlines": ["relay", "revoke-leases"],
        "valetkey-notices": ["relay", "notify"],
        "valetkey-uses": ["observe"],
        "valetkey-archive-again": ["archive"],
        "valetkey-undone-events": ["intake"],
      },
    });
  });

  const everyPolicy = [
    ...[tablePolicy(SCOPE), streamPolicy(SCOPE), archiveWritersPolicy(SCOPE)],
    ...generatedSecrets(SCOPE).map((name) => generatedSecretPolicy(name, SCOPE)),
    ...QUEUES.map((name) => queuePolicy(name, SCOPE)),
  ];

  it("deny nobody the change of a policy, and no service of AWS, so that nobody is locked out", () => {
    for (const [statement, ...more] of everyPolicy) {
      expect([statement?.Effect, more]).toEqual(["Deny", []]);
      expect(
        statement?.Action.filter((action) => /Policy|Attributes|\*|Describe|Tag(s|Resource)$/.test(action)),
      ).toEqual([]);
      expect(statement?.Condition.Bool).toEqual({ "aws:PrincipalIsAWSService": "false" });
      expect(statement?.Condition.ArnNotLike["aws:PrincipalArn"]).toContain(`arn:aws:iam::${HUB}:root`);
    }
  });

  it("exempt the administrators that valetkey.json names", () => {
    const administrators = [arn("break-glass")];
    const named = { ...SCOPE, administrators };
    for (const policy of [tablePolicy(named), archiveWritersPolicy(named), queuePolicy(SCOPE.probeQueueName, named)])
      expect(exempted(policy)).toContain(arn("break-glass"));
    expect(hubScopeOf({ ...CONFIG, administrators }).administrators).toEqual(administrators);
  });

  it("are deployed with the table, its stream, the bucket, every queue and both secrets", () => {
    const { hub } = deployedStacks(CONFIG);
    const sidsOf = (policy: unknown) =>
      (policy as { Statement: readonly { Sid?: string }[] }).Statement.flatMap(({ Sid }) => Sid ?? []);
    const [table] = resourcesOf(hub, "AWS::DynamoDB::Table");
    const stream = table?.StreamSpecification as { ResourcePolicy: { PolicyDocument: object } };
    const own = table?.ResourcePolicy as { PolicyDocument: object };
    expect([sidsOf(own.PolicyDocument), sidsOf(stream.ResourcePolicy.PolicyDocument)]).toEqual([
      ["ItemsOfOurFunctions"],
      ["StreamOfOurFunctions"],
    ]);
    const policies = (type: string, document: string) =>
      resourcesOf(hub, type).flatMap((each) => sidsOf(each[document]));
    expect(policies("AWS::S3::BucketPolicy", "PolicyDocument")).toContain("WrittenByOurFunctions");
    const queues = resourcesOf(hub, "AWS::SQS::Queue").length;
    const guarded = policies("AWS::SQS::QueuePolicy", "PolicyDocument").filter(
      (sid) => sid === "MessagesOfOurFunctions",
    );
    expect([queues > 10, guarded.length]).toEqual([true, queues]);
    expect(policies("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy")).toEqual([
      ...["ValueOfOurFunctions", "ValueOfOurFunctions"],
    ]);
  });

  it("outlive the stack with what they protect: the table, the archive, its keys and the secrets", () => {
    const { hub } = deployedStacks(CONFIG);
    const retained = Object.entries(Template.fromStack(hub).toJSON().Resources as Readonly<Record<string, Resource>>)
      .filter(
        ([, { DeletionPolicy, UpdateReplacePolicy }]) =>
          DeletionPolicy === "Retain" && UpdateReplacePolicy === "Retain",
      )
      .map(([, { Type }]) => Type.replace("AWS::", ""));
    expect(retained.toSorted()).toEqual([
      ...["DynamoDB::Table", "KMS::Key", "KMS::Key", "S3::Bucket"],
      ...["SecretsManager::Secret", "SecretsManager::Secret"],
    ]);
  });

  it("name resources of this hub alone", () => {
    const resources = everyPolicy.flatMap((policy) => policy.flatMap(({ Resource }) => Resource));
    const own = [...QUEUES.map((name) => queueArn(SCOPE, name)), `arn:aws:s3:::${SCOPE.archiveBucket}/*`, "*"];
    expect(resources.filter((each) => !own.includes(each))).toEqual([]);
  });
});
