import { randomUUID } from "node:crypto";
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  BUS_SOURCES,
  ESCALATION_EVENT,
  FUNCTIONS,
  type FunctionName,
  functionRoleName,
  KINDS,
  SECRET_TAGS,
  TABLE_KEYS,
  TOKEN_TYPES,
} from "../../functions/names.ts";
import { functionRoleArn, type HubScope } from "../../infra/arns.ts";
import { CALL_EVENT } from "../../infra/bus-rights.ts";
import { rightsOf } from "../../infra/rights.ts";
import { type ApprovingCloud, EMERGENCY, runApprovingCloud } from "../contract/approving-cloud.ts";
import { BUCKET, putRequest, type RunningCloud } from "../contract/running-cloud.ts";
import { watchBriefly } from "../contract/short-probe.ts";
import { type ListeningChannel, listenAsChannel, usePeople } from "./use-people.ts";

/** Secret of the channel by which people are told of requests. */
const CHANNEL_SECRET = "notify/ops";

const SCOPE: HubScope = {
  partition: "aws",
  region: "us-east-1",
  account: "999900001111",
  tableName: "valetkey",
  revocationQueueName: "valetkey-revocations.fifo",
  leaseRevocationQueueName: "valetkey-lease-revocations.fifo",
  probeQueueName: "valetkey-probes",
  deadlineQueueName: "valetkey-deadlines",
  noticeQueueName: "valetkey-notices",
  useQueueName: "valetkey-uses",
  archiveAgainQueueName: "valetkey-archive-again",
  archiveBucket: "valetkey-archive-999900001111-us-east-1",
  archiveKeyAlias: "alias/valetkey-archive",
  busName: "valetkey",
  undoneQueueName: "valetkey-undone-events",
  publishers: [],
  ownSecrets: [],
  approvalSecrets: [],
  channelSecrets: [CHANNEL_SECRET],
  approvalClientSecrets: [],
  registrationTokens: [],
  targets: [{ account: "111122223333", taskRoles: 2 }],
};

/** What Lambda itself uses on a function's behalf: to poll, and to set aside what has failed. The embedded AWS does so in its own way. */
const POLLERS = [
  "relay dynamodb:DescribeStream",
  "relay dynamodb:GetRecords",
  "relay dynamodb:GetShardIterator",
  "relay dynamodb:ListStreams",
  ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((action) => `collect dynamodb:${action}`),
  "intake sqs:SendMessage",
  // For a report that is signed 20 minutes after the last session: test/contract/offboarding.test.ts signs one with the sweep's rights.
  "sweep dynamodb:Query WRITES#",
  "rotate lambda:InvokeFunction",
  "reconcile sqs:ReceiveMessage",
  "reconcile sqs:DeleteMessage",
  "reconcile sqs:GetQueueAttributes",
  "reconcile sqs:ChangeMessageVisibility",
  "probe sqs:ReceiveMessage",
  "probe sqs:DeleteMessage",
  "probe sqs:GetQueueAttributes",
  "probe sqs:ChangeMessageVisibility",
  "notify sqs:ReceiveMessage",
  "notify sqs:DeleteMessage",
  "notify sqs:GetQueueAttributes",
  "notify sqs:ChangeMessageVisibility",
  ...["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"].flatMap((action) => [
    `observe sqs:${action}`,
    `archive sqs:${action}`,
  ]),
  "revoke-leases sqs:ReceiveMessage",
  "revoke-leases sqs:DeleteMessage",
  "revoke-leases sqs:GetQueueAttributes",
];

const DETAIL = {
  type: "aws",
  account: "111122223333",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};

describe("the rights of the functions", () => {
  let running: ApprovingCloud;
  let channel: ListeningChannel;
  beforeAll(async () => {
    channel = await listenAsChannel();
    const told = { issuer: "staff", claim: "groups", value: "sre", notify: ["ops"] };
    const notify = { ops: { kind: "webhook", url: channel.url, secret: CHANNEL_SECRET } };
    const escalation = { E3: "halt_account", E4: "suspend_agent" };
    const more = { approvers: { sre: told }, notify, stepUp: true, escalation };
    running = await runApprovingCloud({ emergency: EMERGENCY }, more);
    await usePeople(running, channel, makeGlassDue);
    await useEverything(running);
  }, 240_000);
  afterAll(async () => {
    await running.close();
    channel.close();
  });

  it("are enough: IAM refused no function anything", () => {
    const refused = running.calls.filter((call) => functionOf(call.principalArn) && call.decision === "Denied");
    expect(refused.map((call) => `${call.principalArn} ${call.action} ${call.why}`)).toEqual([]);
  });

  it("are no more than enough: each was used", () => {
    const used = new Set(
      running.calls.flatMap((call) => {
        const keys = [call.context["dynamodb:LeadingKeys"] ?? []].flat();
        const kinds = new Set(keys.map((key) => key.slice(0, key.indexOf("#") + 1)));
        const right = `${functionOf(call.principalArn)} ${call.action}`;
        return kinds.size === 0 ? [right] : [...kinds].map((kind) => `${right} ${kind}`);
      }),
    );
    const unused = FUNCTIONS.flatMap(rightsInWords).filter((right) => !used.has(right));
    expect(unused.filter((right) => !POLLERS.includes(right))).toEqual([]);
  });
});

const functionOf = (principalArn: string): FunctionName | undefined =>
  FUNCTIONS.find((name) => principalArn.includes(`:assumed-role/${functionRoleName(name)}/`));

/** `exchange dynamodb:GetItem TASK#`, `relay sqs:SendMessage`. */
const rightsInWords = (name: FunctionName): string[] =>
  rightsOf(name, SCOPE).flatMap(({ Action, Condition }) => {
    const kinds = [Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"] ?? []].flat();
    return Action.flatMap((action) =>
      kinds.length === 0 ? [`${name} ${action}`] : kinds.map((kind) => `${name} ${action} ${kind.replace("*", "")}`),
    );
  });

/** Event by which valetkey tells of an escalation. */
const escalationOf = (task: string, account: string) => ({
  ...{ id: "escalated", source: BUS_SOURCES.own, account, time: new Date().toISOString() },
  "detail-type": ESCALATION_EVENT,
  detail: { version: "1", id: "x".repeat(43), rule: "E4", at: 1, account: DETAIL.account, task },
});

/** Event of a call by a session of a task role that nobody at valetkey made. */
const forgedCall = () => ({
  source: "aws.s3",
  account: DETAIL.account,
  "detail-type": CALL_EVENT,
  detail: {
    eventID: randomUUID(),
    eventTime: new Date().toISOString(),
    eventSource: "s3.amazonaws.com",
    eventName: "ListBuckets",
    userIdentity: {
      arn: `arn:aws:sts::${DETAIL.account}:assumed-role/valetkey-task-0/somebody`,
      accessKeyId: "ASIAFORGED",
    },
  },
});

/** Every route and every trigger, and the rarer turns that they take. */
async function useEverything(running: ApprovingCloud): Promise<void> {
  const { cloud, url, voting } = running;
  const { audiences } = (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as {
    audiences: { exchange: string; introspect: string; operate: string };
  };
  const call = async (path: string, wanted: number, bearer: string, body?: object | URLSearchParams) => {
    const json = body instanceof URLSearchParams || body === undefined ? {} : { "content-type": "application/json" };
    const first = await fetch(url + path, {
      method: body === undefined ? "GET" : "POST",
      headers: { ...json, ...(bearer === "" ? {} : { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
    });
    const isAct = first.headers.get("www-authenticate")?.includes("insufficient_user_authentication");
    const response = isAct ? await voting.perform("person:alice", path, body) : first;
    const text = await response.text();
    if (response.status !== wanted) throw new Error(`${path}: ${response.status} instead of ${wanted}: ${text}`);
    return (text === "" ? {} : JSON.parse(text)) as { access_token: string; task: { id: string }; secrets?: unknown };
  };
  const operator = () => cloud.people.mint({ sub: "person:alice", aud: audiences.operate });
  const open = async (agent: string, wanted = 200, more: Record<string, string> = {}) =>
    call(
      "/v1/token",
      wanted,
      "",
      new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: await cloud.agents.mint({ sub: `agent:${agent}`, aud: audiences.exchange }),
        subject_token_type: TOKEN_TYPES.idToken,
        purpose: "use every right",
        authorization_details: JSON.stringify([DETAIL, { type: "tool", server: "tickets", tools: ["search"] }]),
        ...more,
      }),
    );

  /** Lets there be tasks below it, so that its ending stays open until there is none. */
  const delegate = (token: string) =>
    call(
      "/v1/token",
      200,
      "",
      new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: token,
        subject_token_type: TOKEN_TYPES.accessToken,
        requested_token_type: TOKEN_TYPES.delegation,
        audience: "tickets",
      }),
    );

  await call("/v1/agents", 200, await operator());
  await call("/v1/agents/demo", 200, await operator());
  const single = { id: "single", name: "single", owner: "owner@acme.test", team: "demo", limits: { live_tasks: 1 } };
  const bindings = [{ issuer: "local", claims: { sub: "agent:single" } }];
  await call("/v1/agents", 201, await operator(), { ...single, bindings });
  await call("/v1/agents", 409, await operator(), { ...single, bindings });

  // Repeated under one key, renewed, shown to a tool server, completed.
  const task = await open("demo", 200, { idempotency_key: "once" });
  await open("demo", 200, { idempotency_key: "once" });
  await call(`/v1/tasks/${task.task.id}`, 200, task.access_token);
  await call(`/v1/tasks/${task.task.id}/credentials/aws-0`, 200, task.access_token);
  const presentation = await call(
    "/v1/token",
    200,
    "",
    new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: task.access_token,
      subject_token_type: TOKEN_TYPES.accessToken,
      requested_token_type: TOKEN_TYPES.presentation,
      audience: "tickets",
    }),
  );
  const server = await cloud.agents.mint({ sub: "agent:tickets", aud: audiences.introspect });
  await call("/v1/introspect", 200, server, new URLSearchParams({ token: presentation.access_token }));
  await delegate(task.access_token);
  await call(`/v1/tasks/${task.task.id}/complete`, 200, task.access_token, { outcome: "success" });

  // A secret that one task at a time may have: handed out, and free again when the task is over.
  cloud.aws.admin(SCOPE.account).createSecret({
    name: "demo/api-key",
    value: "s3cr3t",
    tags: { "valetkey:managed": "true", "valetkey:exclusive": "true" },
  });
  const secret = JSON.stringify([{ type: "secret", actions: ["read"], identifiers: ["demo/api-key"] }]);
  const holding = await open("demo", 200, { authorization_details: secret });
  await open("demo", 409, { authorization_details: secret });
  await tellTooEarly(running, { path: holding.task.id, name: "secret-0" });
  await call(`/v1/tasks/${holding.task.id}/complete`, 200, holding.access_token, { outcome: "success" });
  await cloud.settled();

  // One more than an agent may have is taken back by the exchange itself; an operator ends the other.
  const only = await open("single");
  await open("single", 429);
  await delegate(only.access_token);
  await call("/v1/tasks?agent=single", 200, await operator());
  await call(`/v1/tasks/${only.task.id}/end`, 200, await operator(), {});
  await call(`/v1/tasks/${only.task.id}/receipt`, 200, await operator());
  await call("/v1/tasks?agent=demo&ended=true", 200, await operator());

  // A task's calls are counted.
  const reader = await running.start();
  const { endpoint, region } = cloud.aws;
  const s3 = new S3Client({ endpoint, region, credentials: { ...reader }, forcePathStyle: true });
  await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "reports/weekly.csv" }));
  await vi.waitFor(async () => {
    const ledger = await call(`/v1/tasks/${reader.id}/ledger`, 200, await operator());
    expect(ledger).toMatchObject({ rows: [{ used: 1 }] });
  }, 15_000);
  await running.complete(reader);
  await cloud.probed();

  // A policy that was written and never acts, as a probe of less patience finds it.
  cloud.aws.iamActsAfter(Number.POSITIVE_INFINITY);
  const stubborn = await open("demo");
  const endedAtMs = Date.now();
  await call(`/v1/tasks/${stubborn.task.id}/complete`, 200, stubborn.access_token, { outcome: "success" });
  await cloud.settled();
  expect(await watchBriefly(cloud, stubborn.task.id, endedAtMs)).toMatchObject([{ event: "not_observed" }]);
  cloud.aws.iamActsAfter(0);

  // An agent whose offboarding was broken off right after its first write, long ago, and one whose end date has come: the sweep's to finish.
  for (const id of ["leaver", "brief"]) {
    const bindings = [{ issuer: "local", claims: { sub: `agent:${id}` } }];
    const ends = id === "brief" ? { ends_at: new Date(Date.now() + 3_000).toISOString().replace(/\.\d+Z/, "Z") } : {};
    await call("/v1/agents", 201, await operator(), { ...single, ...ends, id, name: id, bindings });
  }
  await open("leaver", 200, { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' });
  await breakOffOffboarding(cloud, "leaver");

  // Forgotten: the due list is made to say that it is due in this very minute, and of another one, wrongly, too.
  await makeDueNow(cloud, (await open("demo")).task.id);
  const forgotten = await open("demo", 200, { task_ttl: "2" });
  await delegate(forgotten.access_token);
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  await makeCheckDue(cloud);
  await makeDueNow(cloud, forgotten.task.id);
  await cloud.hosts.sweep.invoke({});

  // Events of a publisher, and a timer that nobody but its TTL removes.
  const fromOutside = await open("demo");
  await delegate(fromOutside.access_token);
  await putRequest(cloud, "task.end", { task: fromOutside.task.id });
  await cloud.settled();
  await open("demo");
  await putRequest(cloud, "agent.suspend", { agent: "demo" });
  await cloud.settled();
  await call("/v1/agents/demo/resume", 200, await operator(), {});
  // An escalation that is told of twice suspends once.
  const escalated = escalationOf((await open("demo")).task.id, cloud.hubAccount);
  for (let times = 0; times < 2; times += 1) await cloud.hosts.intake.invoke(escalated);
  await call("/v1/agents/demo/resume", 200, await operator(), {});
  await putRequest(cloud, "agent.offboard", { agent: "single" });
  await cloud.settled();
  // Two seconds: of one, counted from the whole second before, next to nothing may be left when it is handed out.
  const overdue = await open("demo", 200, { task_ttl: "2" });
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  await makeDueNow(cloud, overdue.task.id, 1);
  await cloud.aws.removeExpired(SCOPE.account, SCOPE.tableName, TABLE_KEYS.ttl);
  await cloud.settled();

  await call("/v1/agents/demo/suspend", 200, await operator(), {});
  await call("/v1/agents/demo/resume", 200, await operator(), {});
  const left = await call("/v1/agents/leaver", 200, await operator());
  const ended = await call("/v1/agents/brief", 200, await operator());
  expect([left, ended]).toMatchObject([{ status: "offboarded" }, { status: "suspended" }]);
  await call("/v1/agents/leaver/offboarding", 200, await operator());
  // Of an agent that is not active, its record says why.
  await open("brief", 403);
  const asBrief = await cloud.agents.mint({ sub: "agent:brief", aud: audiences.introspect });
  await call("/v1/introspect", 401, asBrief, new URLSearchParams({ token: presentation.access_token }));
  await call("/v1/agents/demo/offboard", 200, await operator(), {});
  await call("/v1/agents/demo/offboarding", 200, await operator());
  await call("/v1/panic", 200, await operator(), { reason: "use every right" });
  await cloud.hosts.sweep.invoke({});
  await call("/v1/panic/lift", 200, await operator(), {});
  await cloud.settled();

  // A session that somebody made, by a key that nobody recorded: its account is halted.
  await cloud.hosts.observe.invoke({
    Records: [{ messageId: "m", body: JSON.stringify(forgedCall()), receiptHandle: "r" }],
  });
  await cloud.settled();

  // A secret that a task has used, and that an operator wants rotated as well.
  cloud.aws.admin(SCOPE.account).createSecret({
    name: "reports/key",
    value: "first",
    ageSeconds: 3_600,
    rotationLambda: `arn:aws:lambda:us-east-1:${SCOPE.account}:function:${functionRoleName("rotate")}`,
    tags: { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.rotates]: "generated" },
  });
  await call("/v1/secrets/reports~key/rotate", 202, await operator(), {});
  await waitForRotation(cloud, "reports/key");
  await cloud.hosts.rotate.invoke({ mode: "due" });
  await cloud.aws.rotationsSettled();
  await cloud.hosts.rotate.invoke({ mode: "due" });
  const { secrets } = await call("/v1/secrets", 200, await operator());
  const read = await call("/v1/secrets/reports~key", 200, await operator());
  expect([secrets, read]).toMatchObject([
    [{ name: "demo/api-key" }, { name: "reports/key", status: "free" }],
    { status: "free" },
  ]);
  await cloud.settled();
  await cloud.hosts.archive.invoke({});
}

/** As the relay, of a deadline that is further off than a message can be held back. */
async function tellTooEarly({ cloud: { aws }, calls }: RunningCloud, lease: object): Promise<void> {
  const credentials = aws.keysFor(functionRoleArn("relay", SCOPE.partition, SCOPE.account), functionRoleName("relay"));
  const sqs = new SQSClient({ endpoint: aws.endpoint, region: SCOPE.region, credentials });
  const QueueUrl = `${aws.endpoint}/${SCOPE.account}/${SCOPE.deadlineQueueName}`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(lease) }));
  const isHeld = () =>
    calls.some(
      ({ action, principalArn }) =>
        action === "sqs:ChangeMessageVisibility" && functionOf(principalArn) === "revoke-leases",
    );
  await vi.waitFor(() => expect(isHeld()).toBe(true), 10_000);
}

/** As the exchange will have left it: its last use was over a minute ago. */
async function waitForRotation({ aws }: RunningCloud["cloud"], name: string): Promise<void> {
  const keys = aws.keysFor(functionRoleArn("operate", SCOPE.partition, SCOPE.account), functionRoleName("operate"));
  const client = new DynamoDBClient({ endpoint: aws.endpoint, region: SCOPE.region, credentials: keys });
  await client.send(
    new UpdateItemCommand({
      TableName: SCOPE.tableName,
      Key: { [TABLE_KEYS.partition]: { S: KINDS.secret }, [TABLE_KEYS.sort]: { S: name } },
      UpdateExpression: "SET #status = :pending, #after = :after",
      ExpressionAttributeNames: { "#status": "status", "#after": "rotateAfter" },
      ExpressionAttributeValues: {
        ":pending": { S: "pending_rotation" },
        ":after": { N: String(Math.floor(Date.now() / 1_000) - 60) },
      },
    }),
  );
}

/** As the exchange, which writes the due lists. */
async function makeDueNow({ aws }: RunningCloud["cloud"], path: string, ttl?: number): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000);
  const item = ttl === undefined ? {} : { [TABLE_KEYS.ttl]: { N: String(ttl) } };
  await clientAs("exchange", aws).send(put(`${KINDS.timer}${minute}#0`, path, item));
}

/** As the exchange, a day ago. */
async function makeGlassDue({ aws }: RunningCloud["cloud"], approval: string, agent: string): Promise<void> {
  await clientAs("exchange", aws).send(put(KINDS.glass, `0000000001#${approval}`, { agent: { S: agent } }));
}

/** As `operate`, which was interrupted. */
async function breakOffOffboarding({ aws }: RunningCloud["cloud"], id: string): Promise<void> {
  const client = clientAs("operate", aws);
  const [pk, sk] = [`${KINDS.agent}${id}`, "AGENT"];
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: SCOPE.tableName, Key: put(pk, sk).input.Item ?? {} }),
  );
  const halted = { M: { at: { N: "1" }, by: { S: "staff|alice" } } };
  await client.send(put(pk, sk, { ...item, status: { S: "offboarding" }, halted }));
  await client.send(put(`${KINDS.agent}OFFBOARDING`, id));
  for (const [kind, sort] of [
    [KINDS.active, "ACTIVE"],
    [KINDS.registration, "REGISTRATION"],
  ] as const)
    await client.send(
      new DeleteItemCommand({ TableName: SCOPE.tableName, Key: put(kind + id, sort).input.Item ?? {} }),
    );
}

/** As `operate`, for which the last check of all agents was long ago. */
async function makeCheckDue({ aws }: RunningCloud["cloud"]): Promise<void> {
  await clientAs("operate", aws).send(put(`${KINDS.agent}CHECK`, "CHECKPOINT", { beganAt: { N: "1" } }));
}

function clientAs(name: FunctionName, aws: RunningCloud["cloud"]["aws"]): DynamoDBClient {
  const credentials = aws.keysFor(functionRoleArn(name, SCOPE.partition, SCOPE.account), functionRoleName(name));
  return new DynamoDBClient({ endpoint: aws.endpoint, region: SCOPE.region, credentials });
}

const put = (pk: string, sk: string, item: Record<string, AttributeValue> = {}): PutItemCommand =>
  new PutItemCommand({
    TableName: SCOPE.tableName,
    Item: { ...item, [TABLE_KEYS.partition]: { S: pk }, [TABLE_KEYS.sort]: { S: sk } },
  });
