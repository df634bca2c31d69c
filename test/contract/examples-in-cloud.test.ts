import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Account } from "../../functions/core/deployment/deployment.ts";
import { hasBoto3 } from "../needs.ts";
import { CLIENT } from "../unit/client/run-client.ts";
import { startProcess } from "./package/start-process.ts";
import { ACCOUNT, type RunningCloud, runCloud } from "./running-cloud.ts";

const POLICIES = fileURLToPath(new URL("../../policies/", import.meta.url));
const REGION = "eu-west-1";
const ROLE = `arn:aws:iam::${ACCOUNT}:role`;
const [MACHINE, OTHER_MACHINE] = ["i-0a1b2c3d4e5f60718", "i-0a1b2c3d4e5f60720"];

/** Calls of the AWS SDK for Python, one after the other; `$n.Name` in a parameter is `Name` in the answer to call n. Prints each answer, or the error's code; then the number of AWS's leases and the keys. */
const CALLS = `
import base64, boto3, json, os, sys
from botocore.exceptions import ClientError
session, answers = boto3.Session(), []
def put(value):
    if isinstance(value, dict):
        return base64.b64decode(value["base64"]) if list(value) == ["base64"] else {key: put(each) for key, each in value.items()}
    if isinstance(value, list): return [put(each) for each in value]
    if isinstance(value, str) and value.startswith("$"):
        call, name = value[1:].split(".", 1)
        return answers[int(call)][name]
    return value
for service, operation, parameters in json.load(open(sys.argv[1])):
    try:
        answer = getattr(session.client(service), operation)(**put(parameters))
        answer = {key: each.read().decode() if hasattr(each, "read") else each for key, each in answer.items() if key != "ResponseMetadata"}
    except ClientError as error:
        answer = {"error": error.response["Error"]["Code"]}
    answers.append(answer)
    print(json.dumps(answer, default=str))
keys = session.get_credentials().get_frozen_credentials()
leases = [name for name in os.environ if name.startswith("VALETKEY_CREDENTIALS_AWS_")]
print(json.dumps({"leases": len(leases), "accessKeyId": keys.access_key, "secretAccessKey": keys.secret_key, "sessionToken": keys.token}))`;

type ApiCall = readonly [service: string, operation: string, parameters?: object];

let running: RunningCloud;
const folder = mkdtempSync(join(tmpdir(), "valetkey-examples-"));

beforeAll(async () => {
  const policiesDir = join(folder, "policies");
  mkdirSync(policiesDir);
  const copied = ["data-analysis-agent", "ci-deployer", "incident-response-agent"].map((name) => `examples/${name}/`);
  for (const from of ["", ...copied])
    for (const name of readdirSync(join(POLICIES, from)).filter((each) => /\.cedar(schema)?$/.test(each)))
      copyFileSync(join(POLICIES, from, name), join(policiesDir, name));
  running = await runCloud(
    { policiesDir },
    {
      accounts: [{ ...together(), region: REGION, taskRoles: 2 }],
      approvers: { "sre-oncall": { issuer: "staff", claim: "groups", value: "sre" } },
    },
  );
  await register("analyst", "analytics");
  await register("web-deploy", "web", ["deployer"]);
  await register("responder", "sre");
  const account = running.cloud.aws.admin(ACCOUNT);
  for (const bucket of ["acme-lake", "acme-query-results"]) account.putBucket(bucket);
  account.putObject("acme-lake", "sales/orders/2026.csv", "id,total\n1,40\n");
  account.putObject("acme-lake", "sales/pii/customers.csv", "id,name\n1,Ada\n");
  account.putObject("acme-lake", "sales/leads/pii/2026.csv", "id,name\n2,Eva\n");
  const { tables, workgroups, repositories, services, functions, logs, instances } = account.workloads;
  tables.set("sales/orders", "s3://acme-lake/sales/orders/");
  tables.set("sales/pii_customers", "s3://acme-lake/sales/pii/");
  tables.set("sales/leads", "s3://acme-lake/sales/leads/");
  workgroups.set("agents", "s3://acme-query-results/agents/");
  repositories.set("shop/web", new Map()).set("payments/api", new Map());
  services.set("production/shop-web", "").set("production/payments", "");
  functions.set("shop-hooks", "").set("payments", "");
  logs.set("/app/shop", ["ERROR out of memory", "ok"]).set("/audit/trail", ["secret"]);
  instances.add(MACHINE).add(OTHER_MACHINE);
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One account with the ceilings and exceptions of the accounts of all three examples. */
function together(): Pick<Account, "id" | "ceiling" | "exceptions"> {
  const accounts = ["ci-deployer", "incident-response-agent"].map(
    (name) =>
      JSON.parse(readFileSync(join(POLICIES, "examples", name, "valetkey.json"), "utf8")).accounts[0] as Account,
  );
  const forAnalysts = [
    "athena:*QueryExecution",
    "athena:GetQueryResults",
    "glue:Get*",
    "s3:Get*",
    "s3:List*",
    "s3:PutObject",
  ];
  return {
    id: ACCOUNT,
    ceiling: [...new Set([...accounts.flatMap(({ ceiling }) => ceiling ?? []), ...forAnalysts])],
    exceptions: Object.assign({}, ...accounts.map(({ exceptions }) => exceptions)),
  };
}

async function register(id: string, team: string, labels: readonly string[] = []): Promise<void> {
  const answer = await fetch(`${running.url}/v1/agents`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await running.cloud.people.mint({ sub: "person:alice" })}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      ...{ id, name: id, owner: "owner@acme.test", team, labels },
      bindings: [{ issuer: "local", claims: { sub: `agent:${id}` } }],
    }),
  });
  expect(answer.status).toBe(201);
}

/** The intent of an example's case. */
function intentOf(example: string, title: string): readonly object[] {
  const { cases } = JSON.parse(readFileSync(join(POLICIES, `examples/${example}/${example}.cases.json`), "utf8"));
  return cases.find((each: { readonly title: string }) => each.title === title).intent;
}

/**
 * Makes the calls in a task of the agent, under `valetkey exec`. @returns the answer to each call, the number of
 * leases (each is one session of AWS), and the keys.
 */
async function callsOf(agent: string, intent: readonly object[], calls: readonly ApiCall[], claims: object = {}) {
  const [intentFile, callsFile] = [join(folder, `${agent}.json`), join(folder, `${agent}-calls.json`)];
  writeFileSync(intentFile, JSON.stringify(intent));
  writeFileSync(
    callsFile,
    JSON.stringify(calls.map(([service, operation, parameters = {}]) => [service, operation, parameters])),
  );
  const { stdout, stderr, code } = await startProcess(
    process.execPath,
    [CLIENT, "exec", "--purpose", "the example", "--intent", intentFile, "--", "python3", "-c", CALLS, callsFile],
    {
      HOME: folder,
      AWS_ENDPOINT_URL: running.cloud.aws.endpoint,
      AWS_REGION: REGION,
      VALETKEY_URL: running.url,
      VALETKEY_TOKEN: await running.cloud.agents.mint({ sub: `agent:${agent}`, ...claims }),
    },
    120_000,
  );
  expect({ code, stderr }).toMatchObject({ code: 0 });
  await running.cloud.settled();
  const lines = stdout.trim().split("\n");
  const { leases, ...keys } = JSON.parse(lines.at(-1) ?? "{}");
  return { answers: lines.slice(0, -1).map((line) => JSON.parse(line)), leases, keys };
}

const DENIED = { error: "AccessDeniedException" };
const DENIED_BY_S3 = { error: "AccessDenied" };

describe.runIf(hasBoto3())("the examples, with the AWS SDK for Python", () => {
  it("the analyst queries the lake and keeps the result, but sees no personal data", { timeout: 180_000 }, async () => {
    const query = (table: string): ApiCall => [
      "athena",
      "start_query_execution",
      { QueryString: `SELECT * FROM sales.${table}`, WorkGroup: "agents" },
    ];
    const { answers, leases, keys } = await callsOf(
      "analyst",
      intentOf("data-analysis-agent", "runs a query over sales and keeps its results, in one session"),
      [
        query("orders"),
        ["athena", "get_query_execution", { QueryExecutionId: "$0.QueryExecutionId" }],
        ["athena", "get_query_results", { QueryExecutionId: "$0.QueryExecutionId" }],
        ["glue", "get_table", { DatabaseName: "sales", Name: "orders" }],
        ["s3", "put_object", { Bucket: "acme-query-results", Key: "agents/summary.txt", Body: "40 in all" }],
        ["s3", "get_object", { Bucket: "acme-query-results", Key: "agents/summary.txt" }],
        query("pii_customers"),
        ["athena", "get_query_execution", { QueryExecutionId: "$6.QueryExecutionId" }],
        query("leads"),
        ["athena", "get_query_execution", { QueryExecutionId: "$8.QueryExecutionId" }],
        ["glue", "get_table", { DatabaseName: "sales", Name: "pii_customers" }],
        ["s3", "get_object", { Bucket: "acme-lake", Key: "sales/pii/customers.csv" }],
        ["s3", "get_object", { Bucket: "acme-lake", Key: "sales/leads/pii/2026.csv" }],
        ["s3", "put_object", { Bucket: "acme-lake", Key: "sales/orders/2027.csv", Body: "x" }],
        ["ec2", "describe_instances"],
      ],
    );
    const row = (...values: readonly string[]) => ({ Data: values.map((VarCharValue) => ({ VarCharValue })) });
    const failed = (why: string) => ({ QueryExecution: { Status: { State: "FAILED", StateChangeReason: why } } });
    expect(answers).toMatchObject([
      { QueryExecutionId: expect.any(String) },
      { QueryExecution: { Status: { State: "SUCCEEDED" } } },
      { ResultSet: { Rows: [row("id", "total"), row("1", "40")] } },
      { Table: { Name: "orders" } },
      { ETag: expect.any(String) },
      { Body: "40 in all" },
      { QueryExecutionId: expect.any(String) },
      failed("Insufficient permissions to read the table sales.pii_customers"),
      { QueryExecutionId: expect.any(String) },
      failed("Access denied by Amazon S3"),
      DENIED,
      DENIED_BY_S3,
      DENIED_BY_S3,
      DENIED_BY_S3,
      { error: expect.stringMatching(/AccessDenied|UnauthorizedOperation/) },
    ]);
    expect(leases).toBe(1);
    const { endpoint } = running.cloud.aws;
    const s3 = new S3Client({ endpoint, region: REGION, credentials: keys, forcePathStyle: true, maxAttempts: 1 });
    const again = s3.send(new GetObjectCommand({ Bucket: "acme-query-results", Key: "agents/summary.txt" }));
    await expect(again, "the task has ended with the command").rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("the deployer pushes an image and deploys its service with it, using its own roles and no others", {
    timeout: 180_000,
  }, async () => {
    const task = (taskRoleArn: string): ApiCall => [
      "ecs",
      "register_task_definition",
      { ...{ family: "shop-web", taskRoleArn, executionRoleArn: `${ROLE}/shop-execution` }, containerDefinitions: [] },
    ];
    const image = { repositoryName: "shop/web", imageManifest: "{}", imageTag: "v7" };
    const { answers, leases } = await callsOf(
      "web-deploy",
      intentOf("ci-deployer", "deploys the web service in one session"),
      [
        ["ecr", "get_authorization_token"],
        ["ecr", "batch_check_layer_availability", { repositoryName: "shop/web", layerDigests: ["sha256:1"] }],
        ["ecr", "initiate_layer_upload", { repositoryName: "shop/web" }],
        ["ecr", "put_image", image],
        task(`${ROLE}/shop-task`),
        [
          "ecs",
          "update_service",
          {
            cluster: "production",
            service: "shop-web",
            taskDefinition: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/shop-web:1`,
          },
        ],
        ["ecs", "describe_services", { cluster: "production", services: ["shop-web"] }],
        ["lambda", "update_function_code", { FunctionName: "shop-hooks", ImageUri: "shop/web:v7" }],
        ["ecr", "put_image", { ...image, repositoryName: "payments/api" }],
        task(`${ROLE}/admin`),
        ["ecs", "update_service", { cluster: "production", service: "payments" }],
        ["lambda", "update_function_code", { FunctionName: "payments", ImageUri: "shop/web:v7" }],
      ],
      { repository_id: "612345678", ref: "refs/heads/main", environment: "production" },
    );
    expect(answers).toMatchObject([
      { authorizationData: [{}] },
      { layers: [] },
      { uploadId: "upload" },
      { image: { imageId: { imageTag: "v7" } } },
      { taskDefinition: { revision: 1 } },
      { service: {} },
      { services: [{ taskDefinition: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/shop-web:1` }] },
      { FunctionName: "shop-hooks" },
      DENIED,
      DENIED,
      DENIED,
      DENIED,
    ]);
    expect(leases).toBe(1);
    const { repositories, functions } = running.cloud.aws.admin(ACCOUNT).workloads;
    expect([[...(repositories.get("shop/web")?.keys() ?? [])], functions.get("shop-hooks")]).toEqual([
      ["v7"],
      "shop/web:v7",
    ]);
  });

  it("the responder reads logs and restarts the named machines, but reads no audit log", {
    timeout: 180_000,
  }, async () => {
    const restart = (document: string, machine: string): ApiCall => [
      "ssm",
      "send_command",
      { DocumentName: document, InstanceIds: [machine] },
    ];
    const { answers, leases } = await callsOf(
      "responder",
      intentOf("incident-response-agent", "works on an incident in one session"),
      [
        ["logs", "filter_log_events", { logGroupName: "/app/shop", filterPattern: "ERROR" }],
        ["ec2", "describe_instances"],
        restart("restart-shop", MACHINE),
        restart("restart-shop", OTHER_MACHINE),
        restart("AWS-RunShellScript", MACHINE),
        ["logs", "filter_log_events", { logGroupName: "/audit/trail" }],
        ["ecs", "update_service", { cluster: "production", service: "shop-web" }],
      ],
    );
    expect(answers).toMatchObject([
      { events: [{ message: "ERROR out of memory" }] },
      { Reservations: [{ Instances: [{ InstanceId: MACHINE }] }, {}] },
      { Command: { InstanceIds: [MACHINE] } },
      DENIED,
      DENIED,
      DENIED,
      DENIED,
    ]);
    expect(leases).toBe(1);
    const { commands } = running.cloud.aws.admin(ACCOUNT).workloads;
    expect([...commands.values()].map(({ document, instances }) => [document, instances])).toEqual([
      ["restart-shop", [MACHINE]],
    ]);
  });
});
