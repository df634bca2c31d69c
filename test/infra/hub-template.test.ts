import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../functions/names.ts";
import { DEFAULT_ROUTE, ROUTES } from "../../functions/routes.ts";
import { deployedStacks, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

const { hub } = deployedStacks();

describe("the hub's API", () => {
  const routes = [
    ...ROUTES.map((route) => [`${route.method} ${route.path}`, route.function] as const),
    [DEFAULT_ROUTE.key, DEFAULT_ROUTE.function] as const,
  ];

  it("has exactly the routes of ROUTES, and one for whatever else is asked", () => {
    const keys = resourcesOf(hub, "AWS::ApiGatewayV2::Route").map((route) => route.RouteKey);
    expect(keys.toSorted()).toEqual(routes.map(([key]) => key).toSorted());
  });

  it.each(routes)("sends %s to %s, which verifies the token itself", (key, name) => {
    const route = resourceWhere(hub, "AWS::ApiGatewayV2::Route", "RouteKey", key);
    expect(route.AuthorizationType).toBe("NONE");
    const integration = Template.fromStack(hub).findResources("AWS::ApiGatewayV2::Integration")[
      referredTo(route.Target)
    ];
    const deployed =
      Template.fromStack(hub).findResources("AWS::Lambda::Function")[
        referredTo(integration?.Properties.IntegrationUri)
      ];
    expect(deployed?.Properties.FunctionName).toBe(`valetkey-${name}`);
  });

  it("logs each request without path, query, header or body", () => {
    const stage = resourceWhere(hub, "AWS::ApiGatewayV2::Stage", "StageName", "$default");
    const { Format } = stage.AccessLogSettings as { Format: string };
    expect(Object.values(JSON.parse(Format)).toSorted()).toEqual([
      "$context.identity.sourceIp",
      "$context.integrationErrorMessage",
      "$context.requestId",
      "$context.requestTime",
      "$context.responseLatency",
      "$context.responseLength",
      "$context.routeKey",
      "$context.status",
    ]);
    expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 });
  });
});

describe("the hub's functions", () => {
  it.each(FUNCTIONS)("%s runs on Node.js 24 on arm64, under its own name, role and log group", (name) => {
    const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
    expect(deployed).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], Handler: "index.handler" });
    expect(JSON.stringify(deployed.Role)).toContain(`"${name}Role`);
    expect(JSON.stringify(deployed.LoggingConfig)).toContain(`"${name}Log`);
    const log = resourceWhere(hub, "AWS::Logs::LogGroup", "LogGroupName", `/aws/lambda/valetkey-${name}`);
    expect(log.RetentionInDays).toBe(90);
  });

  it("are told what their env.ts names and nothing else", () => {
    const told = FUNCTIONS.map((name) => {
      const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
      return [name, Object.keys((deployed.Environment as { Variables: object }).Variables).toSorted()];
    });
    expect(Object.fromEntries(told)).toEqual({
      exchange: ["VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
      tasks: ["VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
      operate: ["VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
      sweep: ["VALETKEY_DEPLOYMENT", "VALETKEY_QUEUE_URL", "VALETKEY_TABLE"],
      relay: ["VALETKEY_QUEUE_URL"],
      reconcile: ["VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
    });
  });

  it("that end tasks keep running when requests take all other concurrency", () => {
    const reserved = FUNCTIONS.map((name) => {
      const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
      return [name, deployed.ReservedConcurrentExecutions];
    });
    expect(Object.fromEntries(reserved)).toMatchObject({ sweep: 1, relay: 10, reconcile: 5, exchange: undefined });
  });
});

describe("the hub's table", () => {
  const [table] = resourcesOf(hub, "AWS::DynamoDB::Table");

  it("cannot be deleted by a slip, and can be brought back to any second", () => {
    expect(table).toMatchObject({
      TableName: "valetkey",
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it("is keyed and expires as the functions expect, streams what was written, and has no index to read stale data from", () => {
    expect(table).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      StreamSpecification: { StreamViewType: "NEW_IMAGE" },
    });
    expect(table).not.toHaveProperty("GlobalSecondaryIndexes");
    expect(table).not.toHaveProperty("LocalSecondaryIndexes");
  });
});

describe("the way of a revocation", () => {
  it("wakes the relay for the journal's endings alone", () => {
    const mapping = resourceWhere(hub, "AWS::Lambda::EventSourceMapping", "StartingPosition", "TRIM_HORIZON");
    const { Filters } = mapping.FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map((filter) => JSON.parse(filter.Pattern))).toEqual([
      {
        eventName: ["INSERT"],
        dynamodb: {
          Keys: { pk: { S: [{ prefix: "TASK#" }] } },
          NewImage: { kind: { S: ["EVENT"] }, type: { S: ["task.ended"] } },
        },
      },
    ]);
    expect(mapping).toMatchObject({
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      BisectBatchOnFunctionError: true,
    });
  });

  it("gives each role one writer: a FIFO queue, whose messages wait longer than the reconciler may run", () => {
    const queue = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-revocations.fifo");
    const reconcile = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", "valetkey-reconcile");
    expect(queue).toMatchObject({ FifoQueue: true, SqsManagedSseEnabled: true, RedrivePolicy: { maxReceiveCount: 5 } });
    expect(queue.VisibilityTimeout).toBe(6 * Number(reconcile.Timeout));
  });

  it("is walked again each minute by the sweep", () => {
    const [rule] = resourcesOf(hub, "AWS::Events::Rule");
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 minute)", State: "ENABLED" });
    expect(JSON.stringify(rule?.Targets)).toContain('"sweepFunction');
  });
});

describe("the hub's alarms", () => {
  const alarms = resourcesOf(hub, "AWS::CloudWatch::Alarm");

  it.each([
    "set-aside",
    "revocation-late",
    "relay-late",
    "sweep-stopped",
    "api-fails",
    ...FUNCTIONS.map((name) => `${name}-fails`),
    ...["exchange", "tasks", "operate"].map((name) => `${name}-deployment-broken`),
  ])("say so when %s, to the topic", (name) => {
    const alarm = alarms.find((each) => each.AlarmName === `valetkey-${name}`);
    expect(alarm?.AlarmActions).toHaveLength(1);
    expect(alarm?.AlarmDescription).toBeTypeOf("string");
  });

  it("count what a function logs when it cannot load its deployment", () => {
    const filters = resourcesOf(hub, "AWS::Logs::MetricFilter");
    expect(filters.map(({ FilterPattern }) => FilterPattern)).toEqual(
      Array(3).fill('{ $.event = "deployment_broken" }'),
    );
    const counted = filters.flatMap(({ MetricTransformations }) => MetricTransformations as { MetricName: string }[]);
    for (const { MetricName } of counted)
      expect(alarms).toContainEqual(expect.objectContaining({ AlarmName: `valetkey-${MetricName}`, MetricName }));
  });

  it("treat the silence of the sweep as trouble, and nothing else's", () => {
    const silent = alarms.filter((alarm) => alarm.TreatMissingData === "breaching").map((alarm) => alarm.AlarmName);
    expect(silent).toEqual(["valetkey-sweep-stopped"]);
  });

  it("may publish to the topic, over TLS only", () => {
    const [policy = {}] = resourcesOf(hub, "AWS::SNS::TopicPolicy");
    const { Statement } = policy.PolicyDocument as { Statement: unknown[] };
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" } }),
    );
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    );
  });
});

/** The logical id of the one resource that a template's expression refers to. */
function referredTo(expression: unknown): string {
  const [, id] = /"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/.exec(JSON.stringify(expression)) ?? [];
  if (id === undefined) throw new Error(`no reference in ${JSON.stringify(expression)}`);
  return id;
}
