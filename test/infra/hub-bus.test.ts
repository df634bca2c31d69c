import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { CONFIG, deployedStacks, HEARING, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

const { hub } = deployedStacks();

describe("the hub's bus", () => {
  const BUS = "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey";
  const OBSERVE = "arn:aws:iam::999900001111:role/valetkey-observe";
  const EXCHANGE = "arn:aws:iam::999900001111:role/valetkey-exchange";
  const RELAY = "arn:aws:iam::999900001111:role/valetkey-relay";
  const ROLE = "arn:aws:iam::444455556666:role/ci";
  const open = deployedStacks({ ...CONFIG, bus: { publishers: ["777788889999", ROLE] } }).hub;
  const policyOf = (stack: typeof hub) => {
    const bus = resourceWhere(stack, "AWS::Events::EventBus", "Name", "valetkey");
    return (bus.Policy as { Statement: unknown[] }).Statement;
  };
  const denied = { Effect: "Deny", Principal: "*", Action: "events:PutEvents", Resource: BUS };
  const FORWARDERS = "arn:aws:iam::*:role/valetkey-forwarder";
  const calls = {
    Sid: "TargetsForwardCalls",
    Effect: "Allow",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: BUS,
    Condition: {
      StringEquals: { "aws:PrincipalAccount": ["111122223333"] },
      ArnLike: { "aws:PrincipalArn": FORWARDERS },
      "ForAllValues:StringEquals": { "events:detail-type": ["AWS API Call via CloudTrail"] },
      "ForAllValues:StringLike": { "events:source": ["aws.*"] },
      Null: { "events:source": "false", "events:detail-type": "false" },
    },
  };
  const onlyCalls = {
    ...denied,
    Sid: "OnlyCalls",
    Condition: {
      ArnLike: { "aws:PrincipalArn": FORWARDERS },
      "ForAnyValue:StringNotEquals": { "events:detail-type": "AWS API Call via CloudTrail" },
    },
  };
  const onlyRequests = {
    ...denied,
    Sid: "OnlyRequests",
    Condition: {
      ArnNotLike: { "aws:PrincipalArn": [RELAY, OBSERVE, EXCHANGE, FORWARDERS] },
      "ForAnyValue:StringNotEquals": { "events:source": "valetkey.request" },
    },
  };

  const escalation = { "events:detail-type": "escalation.detected" };
  const onlyDetectors = [
    {
      ...denied,
      Sid: "OnlyDetectorsEscalate",
      Condition: { ArnNotLike: { "aws:PrincipalArn": [OBSERVE, EXCHANGE] }, "ForAnyValue:StringEquals": escalation },
    },
    {
      ...denied,
      Sid: "DetectorsOnlyEscalate",
      Condition: { ArnLike: { "aws:PrincipalArn": [OBSERVE, EXCHANGE] }, "ForAnyValue:StringNotEquals": escalation },
    },
  ];

  it("takes nobody's events but valetkey's own functions', and calls that target accounts forward, where no publisher is named", () => {
    const nobodyElse = {
      Sid: "NobodyElse",
      Condition: { ArnNotLike: { "aws:PrincipalArn": [RELAY, OBSERVE, EXCHANGE, FORWARDERS] } },
    };
    expect(policyOf(hub)).toEqual([calls, { ...denied, ...nobodyElse }, onlyCalls, onlyRequests, ...onlyDetectors]);
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
            "events:detail-type": ["task.end", "agent.suspend", "agent.offboard", "person.offboard"],
          },
          Null: { "events:source": "false", "events:detail-type": "false" },
        },
      },
      calls,
      {
        ...denied,
        Sid: "NobodyElse",
        Condition: {
          ArnNotLike: {
            "aws:PrincipalArn": [RELAY, OBSERVE, EXCHANGE, FORWARDERS, "arn:aws:iam::777788889999:*", ROLE],
          },
        },
      },
      onlyCalls,
      onlyRequests,
      ...onlyDetectors,
    ]);
  });

  describe("with a condition that events may set", () => {
    const withBus = (publishers: string[], own: string[] = []) =>
      deployedStacks({
        ...CONFIG,
        ...(own.length > 0 ? { bus: { publishers: own } } : {}),
        conditions: [
          {
            ...{ name: "freeze", kind: "restricts", scopes: ["account"], longest: "1h" },
            bus: { publishers, scopes: ["account"], endsAnHour: 5 },
          },
        ],
      }).hub;
    const setting = { "events:detail-type": "condition.set" };
    const named = (stack: typeof hub, sid: string) =>
      policyOf(stack).find((each) => (each as { Sid: string }).Sid === sid) as Record<string, unknown> | undefined;

    it("takes such events of its publishers, and no request to end anything", () => {
      const stack = withBus(["777788889999"]);
      expect(named(stack, "PublishersRequest")).toBeUndefined();
      expect(named(stack, "PublishersSet")).toEqual({
        Sid: "PublishersSet",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::777788889999:root" },
        Action: "events:PutEvents",
        Resource: BUS,
        Condition: {
          "ForAllValues:StringEquals": { "events:source": "valetkey.request", "events:detail-type": ["condition.set"] },
          Null: { "events:source": "false", "events:detail-type": "false" },
        },
      });
    });

    it("denies them to everybody else, publishers of endings and the hub's own functions included", () => {
      expect(named(withBus(["777788889999"], [ROLE]), "OnlyTheirPublishersSet")).toEqual({
        ...denied,
        Sid: "OnlyTheirPublishersSet",
        Condition: {
          ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::777788889999:*"] },
          "ForAnyValue:StringEquals": setting,
        },
      });
    });

    it("denies these publishers everything else, in the hub's own account too, but not the hub's functions", () => {
      expect(named(withBus(["999900001111"], [ROLE]), "TheyOnlySet")).toEqual({
        ...denied,
        Sid: "TheyOnlySet",
        Condition: {
          ArnLike: { "aws:PrincipalArn": ["arn:aws:iam::999900001111:*"] },
          ArnNotLike: { "aws:PrincipalArn": [RELAY, OBSERVE, EXCHANGE, FORWARDERS, ROLE] },
          "ForAnyValue:StringNotEquals": setting,
        },
      });
    });

    it("lets a publisher of both do both", () => {
      const both = "arn:aws:iam::777788889999:*";
      const stack = withBus(["777788889999"], ["777788889999"]);
      expect(named(stack, "NobodyElse")).toMatchObject({
        Condition: { ArnNotLike: { "aws:PrincipalArn": [RELAY, OBSERVE, EXCHANGE, FORWARDERS, both] } },
      });
      expect(named(stack, "TheyOnlySet")).toMatchObject({
        Condition: { ArnNotLike: { "aws:PrincipalArn": [RELAY, OBSERVE, EXCHANGE, FORWARDERS, both] } },
      });
    });
  });

  describe("with a SIEM", () => {
    const COLLECT = "arn:aws:iam::999900001111:role/valetkey-collect";
    const withSiem = deployedStacks({ ...CONFIG, siem: true }).hub;

    it("takes the collector's events of one kind, and none of its requests", () => {
      const own = [RELAY, OBSERVE, EXCHANGE, COLLECT, FORWARDERS];
      expect(policyOf(withSiem)).toEqual([
        calls,
        { ...denied, Sid: "NobodyElse", Condition: { ArnNotLike: { "aws:PrincipalArn": own } } },
        onlyCalls,
        {
          ...denied,
          Sid: "OnlyOcsf",
          Condition: {
            ArnLike: { "aws:PrincipalArn": COLLECT },
            "ForAnyValue:StringNotEquals": { "events:detail-type": "ocsf" },
          },
        },
        {
          ...denied,
          Sid: "OnlyRequests",
          Condition: {
            ArnNotLike: { "aws:PrincipalArn": own },
            "ForAnyValue:StringNotEquals": { "events:source": "valetkey.request" },
          },
        },
        ...onlyDetectors,
      ]);
    });

    it("has no rule that hands these events to a function of ours", () => {
      const patterns = resourcesOf(withSiem, "AWS::Events::Rule").map(({ EventPattern }) =>
        JSON.stringify(EventPattern),
      );
      expect(patterns.filter((pattern) => pattern?.includes("ocsf"))).toEqual([]);
    });

    it("lets the collector put events of that kind under our own name, and nothing else", () => {
      const role = resourceWhere(withSiem, "AWS::IAM::Role", "RoleName", "valetkey-collect");
      const [{ PolicyDocument: policy } = { PolicyDocument: { Statement: [] } }] = role.Policies as {
        PolicyDocument: { Statement: { Action: unknown }[] };
      }[];
      expect(policy.Statement.filter(({ Action }) => JSON.stringify(Action).includes("events:"))).toEqual([
        {
          Sid: "PutOwnEvents",
          Effect: "Allow",
          Action: "events:PutEvents",
          Resource: BUS,
          Condition: {
            "ForAllValues:StringEquals": { "events:source": "valetkey", "events:detail-type": ["ocsf"] },
            Null: { "events:source": "false", "events:detail-type": "false" },
          },
        },
      ]);
    });

    it("rings where the bus does not take them", () => {
      const names = (stack: typeof hub) =>
        resourcesOf(stack, "AWS::CloudWatch::Alarm").map(({ AlarmName }) => AlarmName);
      expect(names(withSiem).filter((name) => !names(hub).includes(name))).toEqual(["valetkey-siem-not-told"]);
      const filter = resourceWhere(withSiem, "AWS::Logs::MetricFilter", "FilterName", "valetkey-siem-not-told");
      expect(filter.FilterPattern).toBe('{ $.event = "siem_not_told" }');
      expect(JSON.stringify(filter.LogGroupName)).toContain('"collectLog');
    });
  });

  it("hands calls to the ledger's queue, and what is nobody else's", () => {
    const [rule, ...more] = resourcesOf(hub, "AWS::Events::Rule").filter(({ Name }) => Name === "valetkey-calls");
    expect(more).toEqual([]);
    expect(rule?.EventPattern).toEqual({
      source: [{ prefix: "aws." }],
      "detail-type": ["AWS API Call via CloudTrail"],
    });
    expect(JSON.stringify(rule?.Targets)).toContain('"UsesQueue');
  });

  it("hands to intake what comes from where it must, and sets aside what cannot be handed over", () => {
    const rules = [hub, open].map((stack) =>
      resourcesOf(stack, "AWS::Events::Rule").filter(
        ({ EventPattern, Name }) => EventPattern !== undefined && Name !== "valetkey-calls",
      ),
    );
    const own = { source: ["valetkey"], account: ["999900001111"], "detail-type": ["task.end", "escalation.detected"] };
    const requests = {
      source: ["valetkey.request"],
      account: ["777788889999", "444455556666"],
      "detail-type": ["task.end", "agent.suspend", "agent.offboard", "person.offboard", "condition.set"],
    };
    expect(rules.map((each) => each.map(({ EventPattern }) => EventPattern))).toEqual([[own], [own, requests]]);
    for (const { Targets } of rules.flat()) {
      expect(JSON.stringify(Targets)).toContain('"intakeFunction');
      expect(Targets).toMatchObject([{ RetryPolicy: { MaximumEventAgeInSeconds: 3_600 } }]);
      expect(JSON.stringify(Targets)).toMatch(/"DeadLetterConfig":.*"EventBusUndone/);
    }
  });

  it.each([
    ["intake", ["relay", "exchange", "observe", "signals"]],
    ["archive", ["collect"]],
  ])("changes %s in a deployment before %j, whose words it reads", (reader, senders) => {
    const { hub: hearing } = deployedStacks({ ...CONFIG, ...HEARING });
    const functions = Object.entries(Template.fromStack(hearing).findResources("AWS::Lambda::Function"));
    const named = (name: string) => functions.find(([, fn]) => fn.Properties.FunctionName === `valetkey-${name}`);
    const [id = ""] = named(reader) ?? [];
    for (const sender of senders) expect(named(sender)?.[1].DependsOn, sender).toContain(id);
  });

  it("has intake tried three times, and then sets the event aside", () => {
    const [config = {}] = resourcesOf(hub, "AWS::Lambda::EventInvokeConfig");
    expect(config).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3_600 });
    expect(JSON.stringify(config.DestinationConfig)).toContain('"EventBusUndone');
    const undone = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-undone-events");
    expect(undone).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });
});
