import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { ROUTES } from "../../functions/routes.ts";
import { LOOK_EVERY_MS } from "../../functions/sweep/tell-silent-accounts.ts";
import { AT_REST } from "../bench/cost/hub-at-rest.ts";
import { CONFIG, deployedStacks, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

const { hub } = deployedStacks();
const ANSWERING: readonly string[] = FUNCTIONS.filter((name) => ROUTES.some((route) => route.function === name));

describe("the hub's alarms", () => {
  const alarms = resourcesOf(hub, "AWS::CloudWatch::Alarm");

  it.each([
    "revocation-set-aside",
    "revocation-late",
    "iam-unwritable",
    "relay-late",
    "sweep-stopped",
    "sweep-late",
    "overdue",
    "deadline-set-aside",
    "lease-revocation-late",
    "undone-events",
    "event-refused",
    "refused-loudly",
    "answered-500",
    "session-policy-unknown",
    "api-fails",
    "reconcile-loud",
    "sweep-loud",
    "relay-loud",
    "probe-loud",
    "not-observed",
    "probe-set-aside",
    "notify-loud",
    "archive-loud",
    "escalation",
    "escalation-not-told",
    "strangers",
    "uses-late",
    "calls-silent",
    "account-silent",
    "uses-set-aside",
    "archive-stopped",
    "archive-late",
    "archive-not-anchored",
    "archive-anchor-differs",
    "collect-late",
    "notices-set-aside",
    "function-fails",
    "function-throttled",
    "sweep-fails",
    "archive-fails",
    "deployment-broken",
    "journal-changed",
    "seal-broken",
  ])("notify the topic when %s", (name) => {
    const alarm = alarms.find((each) => each.AlarmName === `valetkey-${name}`);
    expect(alarm?.AlarmActions).toHaveLength(1);
    expect(alarm?.AlarmDescription).toBeTypeOf("string");
  });

  it("reach the addresses and topics of valetkey.json, and the topic is an output", () => {
    const PAGER = "arn:aws:sns:eu-central-1:999900001111:pager";
    const { hub: paged } = deployedStacks({ ...CONFIG, alarms: { emails: ["oncall@acme.test"], topics: [PAGER] } });
    expect(resourcesOf(paged, "AWS::SNS::Subscription")).toMatchObject([
      { Protocol: "email", Endpoint: "oncall@acme.test" },
    ]);
    for (const { AlarmActions } of resourcesOf(paged, "AWS::CloudWatch::Alarm"))
      expect(AlarmActions).toEqual([expect.anything(), PAGER]);
    expect(resourcesOf(hub, "AWS::SNS::Subscription")).toEqual([]);
    const outputs = Template.fromStack(hub).findOutputs("AlarmTopic");
    expect(Object.keys(outputs)).toEqual(["AlarmTopic"]);
  });

  it("are as many as the bill of a hub at rest has, and so are the metrics of a sweep and the queues that are polled", () => {
    const polled = resourcesOf(hub, "AWS::Lambda::EventSourceMapping").filter(({ EventSourceArn }) =>
      JSON.stringify(EventSourceArn).includes("Queue"),
    );
    const written = resourcesOf(hub, "AWS::Logs::MetricFilter").filter(
      ({ LogGroupName, MetricTransformations }) =>
        // The sweep writes its lines each minute, and has each role reconciled.
        /"(sweep|reconcile)Log/.test(JSON.stringify(LogGroupName)) &&
        JSON.stringify(MetricTransformations).includes('"MetricValue":"$.'),
    );
    const read = alarms.reduce(
      (sum, { Metrics: several }) =>
        sum + (Array.isArray(several) ? several.filter((each: object) => "MetricStat" in each).length : 1),
      0,
    );
    const { secrets: _, ...counted } = AT_REST;
    expect({
      alarms: read,
      metrics: written.length,
      polledQueues: polled.length,
      dashboards: resourcesOf(hub, "AWS::CloudWatch::Dashboard").length,
      keys: resourcesOf(hub, "AWS::KMS::Key").length,
    }).toEqual(counted);
  });

  it("hear the error lines of the reconciler, the sweep, the relay, the probe, notify and the archive, which do not fail for them", () => {
    const filters = resourcesOf(hub, "AWS::Logs::MetricFilter");
    expect(filters.filter(({ FilterPattern }) => FilterPattern === '{ $.level = "error" }')).toHaveLength(6);
  });

  it("ring at the first request that a bug has answered with 500", () => {
    const filters = resourcesOf(hub, "AWS::Logs::MetricFilter").filter(
      ({ FilterPattern }) => FilterPattern === '{ $.event = "failed" }',
    );
    expect(filters).toHaveLength(10);
    const alarm = alarms.find((each) => each.AlarmName === "valetkey-answered-500");
    expect(alarm).toMatchObject({ MetricName: "failures", Threshold: 1, EvaluationPeriods: 1 });
    for (const { MetricTransformations } of filters)
      expect(MetricTransformations).toMatchObject([{ MetricName: alarm?.MetricName, MetricValue: "1" }]);
  });

  it.each([
    ["deployment-broken", "deployments-broken", "deployment_broken", ANSWERING],
    ["seal-broken", "seals-broken", "seal_broken", ["exchange", "tasks"]],
  ])("ring as one, %s, for the lines of several functions", (name, metric, event, functions) => {
    const filters = resourcesOf(hub, "AWS::Logs::MetricFilter").filter(
      ({ FilterPattern }) => FilterPattern === `{ $.event = "${event}" }`,
    );
    const logs = filters.map(({ LogGroupName }) => JSON.stringify(LogGroupName).match(/"(\w+)Log/)?.[1]);
    expect(logs.toSorted()).toEqual(functions.toSorted());
    for (const { MetricTransformations } of filters)
      expect(MetricTransformations).toEqual([{ MetricNamespace: "valetkey", MetricName: metric, MetricValue: "1" }]);
    const alarm = alarms.find((each) => each.AlarmName === `valetkey-${name}`);
    expect(alarm).toMatchObject({ Namespace: "valetkey", MetricName: metric, Threshold: 1, EvaluationPeriods: 1 });
  });

  it.each([
    ["function-fails", "Errors"],
    ["function-throttled", "Throttles"],
  ])("ring as one, %s, for all functions: Lambda's metric has no dimension", (name, metric) => {
    const alarm = alarms.find((each) => each.AlarmName === `valetkey-${name}`);
    expect(alarm).toMatchObject({ Namespace: "AWS/Lambda", MetricName: metric, Statistic: "Sum", Threshold: 1 });
    expect(alarm?.Dimensions).toBeUndefined();
  });

  it("ring apart for functions whose failures show in no age of a queue or stream", () => {
    const started = resourcesOf(hub, "AWS::Events::Rule").flatMap(({ ScheduleExpression, Name }) =>
      ScheduleExpression === "rate(1 minute)" ? [String(Name).replace("valetkey-", "")] : [],
    );
    for (const name of ["sweep", "archive"]) {
      expect(started).toContain(name);
      const alarm = alarms.find((each) => each.AlarmName === `valetkey-${name}-fails`);
      expect(JSON.stringify(alarm?.Dimensions)).toContain(`"${name}Function`);
    }
  });

  it("ring where tasks get credentials and no call of any is heard of for a day", () => {
    const alarm = alarms.find((each) => each.AlarmName === "valetkey-calls-silent");
    const metrics = alarm?.Metrics as { Expression?: string; MetricStat?: { Period: number; Metric: object } }[];
    expect(metrics.flatMap(({ Expression }) => Expression ?? [])).toEqual([
      "IF(FILL(vends, 0) > 0 AND FILL(calls, 0) == 0, 1, 0)",
    ]);
    expect(metrics.flatMap(({ MetricStat }) => MetricStat ?? [])).toMatchObject([
      { Period: 86_400, Metric: { Namespace: "valetkey", MetricName: "vends" } },
      { Period: 86_400, Metric: { Namespace: "AWS/SQS", MetricName: "NumberOfMessagesSent" } },
    ]);
    expect(JSON.stringify(metrics)).toContain('"UsesQueue');
  });

  it("count by the hour where an account is silent, since the sweep looks twice an hour", () => {
    const alarm = alarms.find((each) => each.AlarmName === "valetkey-account-silent");
    expect(alarm).toMatchObject({ Period: 3_600, Threshold: 1, EvaluationPeriods: 1, MetricName: "accounts-silent" });
    expect(LOOK_EVERY_MS).toBeLessThanOrEqual(3_600_000 / 2);
  });

  it("treat the silence of the sweep and of the archive as trouble, and nothing else's", () => {
    const silent = alarms.filter((alarm) => alarm.TreatMissingData === "breaching").map((alarm) => alarm.AlarmName);
    expect(silent.toSorted()).toEqual(["valetkey-archive-stopped", "valetkey-sweep-stopped"]);
  });

  it.each([
    ["sweep", "sweep-lag", "swept", "$.lag_seconds"],
    ["sweep", "overdue", "overdue", "1"],
    ["sweep", "accounts-silent", "account_silent", "1"],
    ["revoke-leases", "lease-revocation-late", "lease_revoked", "$.late_seconds"],
    ["intake", "events-refused", "event_refused", "1"],
    ["intake", "escalations", "escalation_detected", "1"],
    ["probe", "not-observed", "not_observed", "1"],
    ["relay", "journal-changes", "journal_changed", "1"],
  ])("of %s's own log are fed with %s by its lines %s", (name, metric, event, value) => {
    const filter = resourceWhere(hub, "AWS::Logs::MetricFilter", "FilterName", `valetkey-${metric}`);
    expect(filter.FilterPattern).toBe(`{ $.event = "${event}" }`);
    expect(JSON.stringify(filter.LogGroupName)).toContain(`"${name.replace("-", "")}Log`);
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
