import { readFileSync } from "node:fs";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { TASK_SECONDS } from "../../functions/core/tasks/task.ts";
import { FUNCTIONS } from "../../functions/names.ts";
import { DEFAULT_ROUTE, ROUTES } from "../../functions/routes.ts";
import { DEPLOYMENT_HASH_OUTPUT } from "../../infra/hub-stack-outputs.ts";
import { CONFIG, deployedStacks, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

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
    // An answer that nobody waits for any more is an operator who does not know what was done.
    expect(Number(integration?.Properties.TimeoutInMillis ?? 29_000) / 1_000).toBeGreaterThan(
      Number(deployed?.Properties.Timeout),
    );
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
  it("are deployed beside an output that names their policies and configuration", () => {
    expect(Template.fromStack(hub).findOutputs(DEPLOYMENT_HASH_OUTPUT)).toMatchObject({
      [DEPLOYMENT_HASH_OUTPUT]: { Value: "f".repeat(64) },
    });
  });

  it.each(FUNCTIONS)("%s runs on Node.js 24 on arm64, under its own name, role and log group", (name) => {
    const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
    expect(deployed).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], Handler: "index.handler" });
    expect(JSON.stringify(deployed.Role)).toContain(`"${name}Role`);
    expect(JSON.stringify(deployed.LoggingConfig)).toContain(`"${name}Log`);
    const log = resourceWhere(hub, "AWS::Logs::LogGroup", "LogGroupName", `/aws/lambda/valetkey-${name}`);
    expect(log.RetentionInDays).toBe(90);
  });

  it("have as many concurrent executions set aside as the README says", () => {
    const reserved = FUNCTIONS.map((name) =>
      Number(
        resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`).ReservedConcurrentExecutions ??
          0,
      ),
    );
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, said] = /have (\d+) concurrent executions set aside/.exec(readme) ?? [];
    expect(Number(said)).toBe(reserved.reduce((sum, each) => sum + each, 0));
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
      sweep: ["VALETKEY_DEPLOYMENT", "VALETKEY_QUEUE_URL", "VALETKEY_RELEASES_URL", "VALETKEY_TABLE"],
      intake: ["VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
      relay: [
        "VALETKEY_BUS",
        "VALETKEY_DEADLINES_URL",
        "VALETKEY_DEPLOYMENT",
        "VALETKEY_PROBES_URL",
        "VALETKEY_QUEUE_URL",
        "VALETKEY_RELEASES_URL",
      ],
      reconcile: ["VALETKEY_DEPLOYMENT", "VALETKEY_QUEUE_URL", "VALETKEY_TABLE"],
      release: ["VALETKEY_DEADLINES_URL", "VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
      rotate: ["VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
      probe: ["VALETKEY_DEPLOYMENT", "VALETKEY_TABLE"],
    });
  });

  it("that end tasks keep running when requests take all other concurrency", () => {
    const reserved = FUNCTIONS.map((name) => {
      const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
      return [name, deployed.ReservedConcurrentExecutions];
    });
    expect(Object.fromEntries(reserved)).toMatchObject({ operate: 25, sweep: 1, intake: 2, relay: 10, reconcile: 5 });
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
  it("wakes the relay for the journal's endings and halts, for timers that their TTL removed, for what connectors are about to issue, and for nothing else", () => {
    const mapping = resourceWhere(hub, "AWS::Lambda::EventSourceMapping", "StartingPosition", "TRIM_HORIZON");
    const { Filters } = mapping.FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map((filter) => JSON.parse(filter.Pattern))).toEqual([
      {
        eventName: ["INSERT"],
        dynamodb: {
          Keys: { pk: { S: [{ prefix: "TASK#" }, { prefix: "AGENT#" }, { prefix: "PANIC#" }] } },
          NewImage: {
            kind: { S: ["EVENT"] },
            type: {
              S: [
                "task.ended",
                "agent.suspended",
                "agent.offboarding",
                "agent.resumed",
                "panic.declared",
                "panic.lifted",
              ],
            },
          },
        },
      },
      {
        eventName: ["REMOVE"],
        userIdentity: { type: ["Service"], principalId: ["dynamodb.amazonaws.com"] },
        dynamodb: { Keys: { pk: { S: [{ prefix: "TIMER#" }] } } },
      },
      {
        eventName: ["INSERT", "MODIFY"],
        dynamodb: {
          Keys: { pk: { S: [{ prefix: "RELEASE#" }] } },
          NewImage: { lease: { M: { state: { S: ["issuing"] } } } },
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
    // Longer than its writer may run, and what died is tried again within the minute.
    expect(Number(queue.VisibilityTimeout)).toBeGreaterThan(Number(reconcile.Timeout));
    expect(Number(queue.VisibilityTimeout)).toBeLessThanOrEqual(60);
  });

  it("keeps a deadline of a connector's credential for longer than a task can live, and hands out each by itself", () => {
    const queue = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-deadlines");
    const release = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", "valetkey-release");
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true, RedrivePolicy: { maxReceiveCount: 5 } });
    // Only a standard queue holds back each message by itself.
    expect(queue).not.toHaveProperty("FifoQueue");
    expect(queue.VisibilityTimeout).toBe(6 * Number(release.Timeout));
    expect(Number(queue.MessageRetentionPeriod)).toBeGreaterThan(
      TASK_SECONDS.most + 5 * Number(queue.VisibilityTimeout),
    );
    const mapping = resourcesOf(hub, "AWS::Lambda::EventSourceMapping").find((each) =>
      JSON.stringify(each.EventSourceArn).includes('"DeadlinesQueue'),
    );
    expect(mapping).toMatchObject({ BatchSize: 1, FunctionResponseTypes: ["ReportBatchItemFailures"] });
    // However many are due at once, what was ended by somebody is taken back beside them.
    const scaling = mapping?.ScalingConfig as { MaximumConcurrency: number } | undefined;
    expect(scaling?.MaximumConcurrency).toBeLessThan(Number(release.ReservedConcurrentExecutions));
    expect(JSON.stringify(mapping?.FunctionName)).toContain('"releaseFunction');
  });

  it("is walked again each minute by the sweep", () => {
    const rule = resourceWhere(hub, "AWS::Events::Rule", "Name", "valetkey-sweep");
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 minute)", State: "ENABLED" });
    expect(JSON.stringify(rule.Targets)).toContain('"sweepFunction');
  });
});

describe("the way of a rotation", () => {
  it("lets Secrets Manager in for secrets of this account alone", () => {
    const permission = resourceWhere(hub, "AWS::Lambda::Permission", "Principal", "secretsmanager.amazonaws.com");
    expect(permission).toMatchObject({ Action: "lambda:InvokeFunction", SourceAccount: "999900001111" });
    expect(JSON.stringify(permission.FunctionName)).toContain('"rotateFunction');
  });

  it("is walked each minute for what was used", () => {
    const rule = resourceWhere(hub, "AWS::Events::Rule", "Name", "valetkey-rotate");
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 minute)", State: "ENABLED" });
    expect(JSON.stringify(rule.Targets)).toContain('"rotateFunction');
    expect((rule.Targets as { Input: string }[]).map(({ Input }) => JSON.parse(Input))).toEqual([{ mode: "due" }]);
  });

  it("makes no secret: those are the operators' own", () => {
    expect(Object.keys(Template.fromStack(hub).findResources("AWS::SecretsManager::Secret"))).toEqual([]);
    expect(Object.keys(Template.fromStack(hub).findResources("AWS::SecretsManager::RotationSchedule"))).toEqual([]);
  });
});

describe("the hub's bus", () => {
  const BUS = "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey";
  const RELAY = "arn:aws:iam::999900001111:role/valetkey-relay";
  const ROLE = "arn:aws:iam::444455556666:role/ci";
  const open = deployedStacks({ ...CONFIG, bus: { publishers: ["777788889999", ROLE] } }).hub;
  const policyOf = (stack: typeof hub) => {
    const bus = resourceWhere(stack, "AWS::Events::EventBus", "Name", "valetkey");
    return (bus.Policy as { Statement: unknown[] }).Statement;
  };
  const denied = { Effect: "Deny", Principal: "*", Action: "events:PutEvents", Resource: BUS };
  const onlyRequests = {
    ...denied,
    Sid: "OnlyRequests",
    Condition: {
      ArnNotEquals: { "aws:PrincipalArn": [RELAY] },
      "ForAnyValue:StringNotEquals": { "events:source": "valetkey.request" },
    },
  };

  it("takes nobody's events but the relay's, where no publisher is named", () => {
    const nobodyElse = { Sid: "NobodyElse", Condition: { ArnNotLike: { "aws:PrincipalArn": [RELAY] } } };
    expect(policyOf(hub)).toEqual([{ ...denied, ...nobodyElse }, onlyRequests]);
  });

  it("takes requests of publishers that are named, and nothing else of theirs", () => {
    expect(policyOf(open)).toEqual([
      {
        Sid: "PublishersRequest",
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::777788889999:root", ROLE] },
        Action: "events:PutEvents",
        Resource: BUS,
        Condition: {
          "ForAllValues:StringEquals": {
            "events:source": "valetkey.request",
            "events:detail-type": ["task.end", "agent.suspend", "agent.offboard"],
          },
          Null: { "events:source": "false", "events:detail-type": "false" },
        },
      },
      {
        ...denied,
        Sid: "NobodyElse",
        Condition: { ArnNotLike: { "aws:PrincipalArn": [RELAY, "arn:aws:iam::777788889999:*", ROLE] } },
      },
      onlyRequests,
    ]);
  });

  it("hands to intake what comes from where it must, and sets aside what cannot be handed over", () => {
    const rules = [hub, open].map((stack) =>
      resourcesOf(stack, "AWS::Events::Rule").filter(({ EventPattern }) => EventPattern !== undefined),
    );
    const own = { source: ["valetkey"], account: ["999900001111"], "detail-type": ["task.end"] };
    const requests = {
      source: ["valetkey.request"],
      account: ["777788889999", "444455556666"],
      "detail-type": ["task.end", "agent.suspend", "agent.offboard"],
    };
    expect(rules.map((each) => each.map(({ EventPattern }) => EventPattern))).toEqual([[own], [own, requests]]);
    for (const { Targets } of rules.flat()) {
      expect(JSON.stringify(Targets)).toContain('"intakeFunction');
      expect(Targets).toMatchObject([{ RetryPolicy: { MaximumEventAgeInSeconds: 3_600 } }]);
      expect(JSON.stringify(Targets)).toMatch(/"DeadLetterConfig":.*"EventBusUndone/);
    }
  });

  it("has intake tried three times, and then sets the event aside", () => {
    const [config = {}] = resourcesOf(hub, "AWS::Lambda::EventInvokeConfig");
    expect(config).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 });
    expect(JSON.stringify(config.DestinationConfig)).toContain('"EventBusUndone');
    const undone = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-undone-events");
    expect(undone).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });
});

describe("the way of a canary", () => {
  const queue = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-probes");

  it("is a queue of its own, encrypted, whose messages are set aside after five deliveries", () => {
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true, RedrivePolicy: { maxReceiveCount: 5 } });
    expect(queue).not.toHaveProperty("FifoQueue");
    const aside = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-probes-set-aside");
    expect(aside).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });

  it("waits for a canary six times as long as one may take, and runs no more of them than are reserved", () => {
    const probe = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", "valetkey-probe");
    const mapping = resourcesOf(hub, "AWS::Lambda::EventSourceMapping").find(({ EventSourceArn: arn }) =>
      JSON.stringify(arn).includes('"ProbesQueue'),
    );
    expect(queue.VisibilityTimeout).toBe(6 * Number(probe.Timeout));
    expect(Number(queue.MessageRetentionPeriod)).toBeGreaterThan(5 * Number(queue.VisibilityTimeout));
    expect(probe.ReservedConcurrentExecutions).toBe(2);
    expect(mapping).toMatchObject({ BatchSize: 5, ScalingConfig: { MaximumConcurrency: 2 } });
    expect(JSON.stringify(mapping?.FunctionName)).toContain('"probeFunction');
  });
});

describe("the hub's alarms", () => {
  const alarms = resourcesOf(hub, "AWS::CloudWatch::Alarm");

  it.each([
    "set-aside",
    "revocation-late",
    "relay-late",
    "sweep-stopped",
    "sweep-late",
    "overdue",
    "deadline-set-aside",
    "release-late",
    "undone-events",
    "event-refused",
    "api-fails",
    "reconcile-loud",
    "sweep-loud",
    "relay-loud",
    "probe-loud",
    "not-observed",
    "probe-set-aside",
    ...FUNCTIONS.map((name) => `${name}-fails`),
    ...["exchange", "tasks", "operate"].map((name) => `${name}-deployment-broken`),
  ])("say so when %s, to the topic", (name) => {
    const alarm = alarms.find((each) => each.AlarmName === `valetkey-${name}`);
    expect(alarm?.AlarmActions).toHaveLength(1);
    expect(alarm?.AlarmDescription).toBeTypeOf("string");
  });

  it("hear the error lines of the reconciler, the sweep, the relay and the canary, which do not fail for them", () => {
    const filters = resourcesOf(hub, "AWS::Logs::MetricFilter");
    expect(filters.filter(({ FilterPattern }) => FilterPattern === '{ $.level = "error" }')).toHaveLength(4);
  });

  it("treat the silence of the sweep as trouble, and nothing else's", () => {
    const silent = alarms.filter((alarm) => alarm.TreatMissingData === "breaching").map((alarm) => alarm.AlarmName);
    expect(silent).toEqual(["valetkey-sweep-stopped"]);
  });

  it.each([
    ["sweep", "sweep-lag", "swept", "$.lag_seconds"],
    ["sweep", "overdue", "overdue", "1"],
    ["release", "release-late", "released", "$.late_seconds"],
    ["intake", "events-refused", "event_refused", "1"],
    ["probe", "not-observed", "not_observed", "1"],
    ["exchange", "exchange-deployment-broken", "deployment_broken", "1"],
    ["tasks", "tasks-deployment-broken", "deployment_broken", "1"],
    ["operate", "operate-deployment-broken", "deployment_broken", "1"],
  ])("of %s's own log are fed with %s by its lines %s", (name, metric, event, value) => {
    const filter = resourceWhere(hub, "AWS::Logs::MetricFilter", "FilterName", `valetkey-${metric}`);
    expect(filter.FilterPattern).toBe(`{ $.event = "${event}" }`);
    expect(JSON.stringify(filter.LogGroupName)).toContain(`"${name}Log`);
    expect(filter.MetricTransformations).toEqual([
      { MetricNamespace: "valetkey", MetricName: metric, MetricValue: value },
    ]);
    expect(alarms.filter((alarm) => alarm.Namespace === "valetkey" && alarm.MetricName === metric)).toHaveLength(1);
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
