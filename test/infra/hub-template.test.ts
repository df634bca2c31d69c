import { readFileSync } from "node:fs";
import type { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { ENV } from "../../functions/env.ts";
import { OPTIONAL_FUNCTION } from "../../functions/names.ts";
import { DEFAULT_ROUTE, ROUTES } from "../../functions/routes.ts";
import { FUNCTION_SETTINGS } from "../../infra/function-settings.ts";
import { DEPLOYMENT_HASH_OUTPUT } from "../../infra/hub-stack-outputs.ts";
import { CONFIG, deployedStacks, HEARING, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

const { hub } = deployedStacks();

/** Properties of an API's resources of one type. */
function ofApi(name: string, type: string, stack = hub): readonly Readonly<Record<string, unknown>>[] {
  const [id] = Object.entries(Template.fromStack(stack).findResources("AWS::ApiGatewayV2::Api"))
    .filter(([, { Properties }]) => Properties.Name === name)
    .map(([logicalId]) => logicalId);
  return resourcesOf(stack, type).filter(({ ApiId }) => (ApiId as { readonly Ref: string }).Ref === id);
}

describe("the console's API", () => {
  const origin = "https://console.example.com";

  it("has one integration: the function that serves the console", () => {
    const [route, ...more] = ofApi("valetkey-console", "AWS::ApiGatewayV2::Route");
    expect([route?.RouteKey, more, ofApi("valetkey-console", "AWS::ApiGatewayV2::Integration").length]).toEqual([
      "$default",
      [],
      1,
    ]);
    expect(functionBehind(route ?? {})).toBe("valetkey-console");
  });

  it("is the one way to that function", () => {
    const behind = ofApi("valetkey", "AWS::ApiGatewayV2::Route").map(functionBehind);
    expect(behind).not.toContain("valetkey-console");
  });

  it("is the one origin whose pages the API answers, without credentials", () => {
    const { hub: shared } = deployedStacks({ ...CONFIG, console: { url: origin } });
    expect(resourceWhere(shared, "AWS::ApiGatewayV2::Api", "Name", "valetkey").CorsConfiguration).toEqual({
      AllowOrigins: [origin],
      AllowMethods: ["GET", "POST"],
      AllowHeaders: ["authorization", "content-type", "if-none-match"],
      ExposeHeaders: ["date", "etag", "retry-after"],
      AllowCredentials: false,
      MaxAge: 600,
    });
    expect(resourceWhere(shared, "AWS::ApiGatewayV2::Api", "Name", "valetkey-console")).not.toHaveProperty(
      "CorsConfiguration",
    );
  });

  it("is no origin for the API until it is configured", () => {
    expect(resourceWhere(hub, "AWS::ApiGatewayV2::Api", "Name", "valetkey")).not.toHaveProperty("CorsConfiguration");
  });
});

const functionBehind = ({ Target }: Readonly<Record<string, unknown>>): unknown => {
  const integrations = Template.fromStack(hub).findResources("AWS::ApiGatewayV2::Integration");
  const uri = integrations[referredTo(Target)]?.Properties.IntegrationUri;
  return Template.fromStack(hub).findResources("AWS::Lambda::Function")[referredTo(uri)]?.Properties.FunctionName;
};

describe("the hub's API", () => {
  const routes = [
    ...ROUTES.map((route) => [`${route.method} ${route.path}`, route.function] as const),
    [DEFAULT_ROUTE.key, DEFAULT_ROUTE.function] as const,
  ];

  it("has exactly the routes of ROUTES, and one for every other request", () => {
    const keys = ofApi("valetkey", "AWS::ApiGatewayV2::Route").map((route) => String(route.RouteKey));
    expect(keys.toSorted()).toEqual(routes.map(([key]) => key).toSorted());
  });

  it.each(routes)("sends %s to %s, which verifies the token itself", (key, name) => {
    const [route = {}] = ofApi("valetkey", "AWS::ApiGatewayV2::Route").filter(({ RouteKey }) => RouteKey === key);
    expect(route.AuthorizationType).toBe("NONE");
    const integration = Template.fromStack(hub).findResources("AWS::ApiGatewayV2::Integration")[
      referredTo(route.Target)
    ];
    const deployed =
      Template.fromStack(hub).findResources("AWS::Lambda::Function")[
        referredTo(integration?.Properties.IntegrationUri)
      ];
    expect(deployed?.Properties.FunctionName).toBe(`valetkey-${name}`);
    // Without an answer in time the operator would not know what was done.
    expect(Number(integration?.Properties.TimeoutInMillis ?? 29_000) / 1_000).toBeGreaterThan(
      Number(deployed?.Properties.Timeout),
    );
  });

  it.each([
    ["valetkey", 500, 1_000],
    ["valetkey-console", 100, 200],
  ])("%s logs each request without path, query, header or body, and has its limit", (name, each, burst) => {
    const [stage = {}] = ofApi(name, "AWS::ApiGatewayV2::Stage");
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
    expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: each, ThrottlingBurstLimit: burst });
  });
});

/** Lists what starts a function of a hub, from the permissions to invoke it and from the sources that it polls. */
function triggersOf(name: FunctionName, stack: Stack): readonly string[] {
  const template = Template.fromStack(stack);
  const isOfIt = ({ FunctionName: of }: Readonly<Record<string, unknown>>): boolean =>
    template.findResources("AWS::Lambda::Function")[referredTo(of)]?.Properties.FunctionName === `valetkey-${name}`;
  const rules = template.findResources("AWS::Events::Rule");
  const polled = resourcesOf(stack, "AWS::Lambda::EventSourceMapping")
    .filter(isOfIt)
    .map(({ EventSourceArn }) => (JSON.stringify(EventSourceArn).includes("StreamArn") ? "stream" : "queue"));
  const invoked = resourcesOf(stack, "AWS::Lambda::Permission")
    .filter(isOfIt)
    .map(({ Principal, SourceArn }) => {
      if (Principal === "apigateway.amazonaws.com") return "api";
      if (Principal === "secretsmanager.amazonaws.com") return "rotation";
      if (Principal !== "events.amazonaws.com") return Principal;
      return "ScheduleExpression" in (rules[referredTo(SourceArn)]?.Properties ?? {}) ? "schedule" : "bus";
    });
  return [...new Set([...polled, ...invoked].map(String))].toSorted();
}

describe("the hub's functions", () => {
  const { hub } = deployedStacks({ ...CONFIG, ...HEARING });
  const anchor = { bucket: "acme-anchor", account: "444455556666" };
  const { hub: whole } = deployedStacks({ ...CONFIG, ...HEARING, archive: { anchor } });

  it("are deployed beside an output that names their policies and configuration", () => {
    expect(Template.fromStack(hub).findOutputs(DEPLOYMENT_HASH_OUTPUT)).toMatchObject({
      [DEPLOYMENT_HASH_OUTPUT]: { Value: "f".repeat(64) },
    });
  });

  it.each(FUNCTIONS)("%s runs on Node.js 24 on arm64, under its own name, role and log group", (name) => {
    const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
    expect(deployed).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], Handler: "index.handler" });
    expect(JSON.stringify(deployed.Role)).toContain(`"${name.replace("-", "")}Role`);
    expect(JSON.stringify(deployed.LoggingConfig)).toContain(`"${name.replace("-", "")}Log`);
    const log = resourceWhere(hub, "AWS::Logs::LogGroup", "LogGroupName", `/aws/lambda/valetkey-${name}`);
    expect(log.RetentionInDays).toBe(90);
  });

  it("write none of Lambda's own lines of each run, and every line of ours as it is", () => {
    for (const { LoggingConfig } of resourcesOf(hub, "AWS::Lambda::Function"))
      expect(LoggingConfig).toMatchObject({
        LogFormat: "JSON",
        SystemLogLevel: "WARN",
        ApplicationLogLevel: "TRACE",
      });
  });

  it("are separate from the doors' logs, of a cheaper class that takes no metric and no subscription", () => {
    const groups = Object.entries(Template.fromStack(hub).findResources("AWS::Logs::LogGroup"));
    const cheap = groups.filter(([, { Properties }]) => Properties.LogGroupClass === "INFREQUENT_ACCESS");
    expect(cheap.map(([, { Properties }]) => Properties.LogGroupName).toSorted()).toEqual([
      "/aws/vendedlogs/valetkey-api-requests",
      "/aws/vendedlogs/valetkey-console-requests",
    ]);
    const readers = [
      ...resourcesOf(hub, "AWS::Logs::MetricFilter"),
      ...resourcesOf(hub, "AWS::Logs::SubscriptionFilter"),
    ].map(({ LogGroupName }) => referredTo(LogGroupName));
    expect(readers.length).toBeGreaterThan(0);
    for (const [id] of cheap) expect(readers).not.toContain(id);
  });

  it("have as many concurrent executions reserved as docs/deploying.md has", () => {
    const steady = FUNCTIONS.filter((name) => name !== OPTIONAL_FUNCTION);
    const reserved = steady.map((name) =>
      Number(
        resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`).ReservedConcurrentExecutions ??
          0,
      ),
    );
    const page = readFileSync(new URL("../../docs/deploying.md", import.meta.url), "utf8");
    const [, count] = /have (\d+) concurrent executions set aside/.exec(page) ?? [];
    expect(Number(count)).toBe(reserved.reduce((sum, each) => sum + each, 0));
  });

  it("get the variables that their env.ts names and nothing else", () => {
    const variables = FUNCTIONS.map((name) => {
      const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
      return [name, Object.keys((deployed.Environment as { Variables: object }).Variables).toSorted()];
    });
    expect(variables).toEqual(FUNCTIONS.map((name) => [name, ENV[name].toSorted()]));
  });

  it.each(FUNCTIONS)("%s is started by its triggers and nothing else", (name) => {
    expect(triggersOf(name, whole)).toEqual(FUNCTION_SETTINGS[name].triggers.toSorted());
  });

  it("that end tasks still run when requests take all other concurrency", () => {
    const reserved = FUNCTIONS.map((name) => {
      const deployed = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
      return [name, deployed.ReservedConcurrentExecutions];
    });
    expect(Object.fromEntries(reserved)).toMatchObject({
      operate: 25,
      panic: 10,
      sweep: 1,
      intake: 2,
      relay: 10,
      reconcile: 5,
    });
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

/** The logical id of the one resource that a template's expression refers to. */
function referredTo(expression: unknown): string {
  const [, id] = /"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/.exec(JSON.stringify(expression)) ?? [];
  if (id === undefined) throw new Error(`no reference in ${JSON.stringify(expression)}`);
  return id;
}
