import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { TASK_SECONDS } from "../../contract/limits.ts";
import { CONFIG, deployedStacks, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

const { hub } = deployedStacks();
const JOURNALS = [
  "JOURNAL#",
  "AGENTJOURNAL#",
  "SECRETJOURNAL#",
  "PANICJOURNAL#",
  "ROLEJOURNAL#",
  "APPROVALJOURNAL#",
  "READJOURNAL#",
  "USEJOURNAL#",
].map((prefix) => ({
  prefix,
}));

const SIGNED = {
  eventName: ["INSERT", "MODIFY"],
  dynamodb: {
    Keys: { pk: { S: ["VOTE#", "ACT#", "APPROVAL#"].map((prefix) => ({ prefix })) } },
    NewImage: { token: { S: [{ exists: true }] } },
  },
};

/** Event source mapping from the table's stream to a function. */
function streamTo(name: string): Readonly<Record<string, unknown>> {
  const [mapping, ...more] = resourcesOf(hub, "AWS::Lambda::EventSourceMapping").filter(
    ({ StartingPosition, FunctionName }) =>
      StartingPosition === "TRIM_HORIZON" && JSON.stringify(FunctionName).includes(`"${name}Function`),
  );
  if (!mapping || more.length > 0) throw new Error(`not exactly one stream for ${name}`);
  return mapping;
}

describe("the way of a revocation", () => {
  it("wakes the relay for the journal's endings, halts and requests for approval, for timers and places among the living that their TTL removed, for what connectors are about to issue, for a journal that was changed, and for nothing else", () => {
    const mapping = streamTo("relay");
    const { Filters } = mapping.FilterCriteria as { Filters: { Pattern: string }[] };
    // Lambda's quota for an event source.
    expect(Filters.length).toBeLessThanOrEqual(5);
    expect(Filters.map((filter) => JSON.parse(filter.Pattern))).toEqual([
      {
        eventName: ["INSERT"],
        dynamodb: {
          Keys: { pk: { S: [{ prefix: "JOURNAL#" }, { prefix: "AGENTJOURNAL#" }, { prefix: "PANICJOURNAL#" }] } },
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
                "approval.asked",
                "condition.tightened",
              ],
            },
          },
        },
      },
      {
        eventName: ["REMOVE"],
        userIdentity: { type: ["Service"], principalId: ["dynamodb.amazonaws.com"] },
        dynamodb: { Keys: { pk: { S: [{ prefix: "TIMER#" }, { prefix: "LIVE#" }] } } },
      },
      {
        eventName: ["INSERT", "MODIFY"],
        dynamodb: {
          Keys: { pk: { S: [{ prefix: "REVOCATION#" }] } },
          NewImage: { lease: { M: { state: { S: ["issuing"] } } } },
        },
      },
      // An entry in the list of escalations is changed by nobody, either; its TTL removes it.
      // A denial that was written over no longer denies.
      {
        eventName: ["MODIFY", "REMOVE"],
        dynamodb: { Keys: { pk: { S: [...JOURNALS, { prefix: "ESCALATION#" }, { prefix: "VOTE#" }] } } },
      },
      // A halt of an account, or a condition, that was written to disappear ends it, as an event would be lost.
      {
        eventName: ["INSERT", "MODIFY"],
        dynamodb: {
          Keys: {
            pk: {
              S: [...JOURNALS, { prefix: "ACCOUNTHALT#" }, { prefix: "RESTRICTION#" }, { prefix: "DECLAREDPANIC#" }],
            },
          },
          NewImage: { ttl: { N: [{ exists: true }] } },
        },
      },
    ]);
    expect(mapping).toMatchObject({
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      BisectBatchOnFunctionError: true,
    });
  });

  it("hands the collector each event that is put into a journal and each token by which a person signed, and retries for as long as the stream has it", () => {
    const mapping = streamTo("collect");
    const { Filters } = mapping.FilterCriteria as { Filters: { Pattern: string }[] };
    expect(Filters.map((filter) => JSON.parse(filter.Pattern))).toEqual([
      { eventName: ["INSERT"], dynamodb: { Keys: { pk: { S: JOURNALS } }, NewImage: { kind: { S: ["EVENT"] } } } },
      SIGNED,
    ]);
    expect(mapping).toMatchObject({ MaximumRetryAttempts: -1, BisectBatchOnFunctionError: true });
    expect(mapping).not.toHaveProperty("MaximumRecordAgeInSeconds");
  });

  it("hands the collector a task's first use of an action, too, where a SIEM gets it", () => {
    const { hub: withSiem } = deployedStacks({ ...CONFIG, siem: true });
    const mappings = resourcesOf(withSiem, "AWS::Lambda::EventSourceMapping").filter(({ FunctionName }) =>
      JSON.stringify(FunctionName).includes('"collect'),
    );
    const patterns = mappings.flatMap(({ FilterCriteria }) =>
      (FilterCriteria as { Filters: { Pattern: string }[] }).Filters.map(
        ({ Pattern }) => JSON.parse(Pattern) as unknown,
      ),
    );
    expect(patterns).toHaveLength(3);
    expect(patterns[2]).toEqual({
      eventName: ["INSERT"],
      dynamodb: { Keys: { pk: { S: [{ prefix: "USE#" }] } }, NewImage: { action: { S: [{ exists: true }] } } },
    });
  });

  it("gives each role one writer: a FIFO queue, whose messages wait longer than the reconciler may run", () => {
    const queue = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-revocations.fifo");
    const reconcile = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", "valetkey-reconcile");
    expect(queue).toMatchObject({ FifoQueue: true, SqsManagedSseEnabled: true, RedrivePolicy: { maxReceiveCount: 5 } });
    // Longer than its writer may run, yet under ten seconds: by then an ending whose writer has died is denied all the
    // same.
    expect(Number(queue.VisibilityTimeout)).toBeGreaterThan(Number(reconcile.Timeout));
    expect(Number(queue.VisibilityTimeout)).toBeLessThan(10);
  });

  it("holds a deadline of a connector's credential for longer than a task can live, and hands out each by itself", () => {
    const queue = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-deadlines");
    const revokeLeases = resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", "valetkey-revoke-leases");
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true, RedrivePolicy: { maxReceiveCount: 5 } });
    // Only a standard queue holds back each message by itself.
    expect(queue).not.toHaveProperty("FifoQueue");
    expect(queue.VisibilityTimeout).toBe(6 * Number(revokeLeases.Timeout));
    expect(Number(queue.MessageRetentionPeriod)).toBeGreaterThan(
      TASK_SECONDS.most + 5 * Number(queue.VisibilityTimeout),
    );
    const mapping = resourcesOf(hub, "AWS::Lambda::EventSourceMapping").find((each) =>
      JSON.stringify(each.EventSourceArn).includes('"DeadlinesQueue'),
    );
    expect(mapping).toMatchObject({ BatchSize: 1, FunctionResponseTypes: ["ReportBatchItemFailures"] });
    // However many deadlines are due at once, endings by somebody are revoked beside them.
    const scaling = mapping?.ScalingConfig as { MaximumConcurrency: number } | undefined;
    expect(scaling?.MaximumConcurrency).toBeLessThan(Number(revokeLeases.ReservedConcurrentExecutions));
    expect(JSON.stringify(mapping?.FunctionName)).toContain('"revokeleasesFunction');
  });

  it("is walked again each minute by the sweep", () => {
    const rule = resourceWhere(hub, "AWS::Events::Rule", "Name", "valetkey-sweep");
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 minute)", State: "ENABLED" });
    expect(JSON.stringify(rule.Targets)).toContain('"sweepFunction');
  });
});

describe("the way of a call", () => {
  it("leads to observe, which each hour counts unused rights, too", () => {
    const rule = resourceWhere(hub, "AWS::Events::Rule", "Name", "valetkey-rights");
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 hour)", State: "ENABLED" });
    expect(JSON.stringify(rule.Targets)).toContain('"observeFunction');
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

  it("makes no secret but the exchange's own: the others are the operators'", () => {
    const made = resourcesOf(hub, "AWS::SecretsManager::Secret");
    expect(made.map(({ Name }) => Name)).toEqual(["valetkey/signet", "valetkey/person-tags"]);
    // 64 characters of an alphabet of 62: impossible to guess.
    for (const each of made)
      expect(each).toMatchObject({ GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } });
    expect(Object.keys(Template.fromStack(hub).findResources("AWS::SecretsManager::RotationSchedule"))).toEqual([]);
  });
});

describe("the way of a probe", () => {
  const queue = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-probes");

  it("is a queue of its own, encrypted, whose messages are set aside after five deliveries", () => {
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true, RedrivePolicy: { maxReceiveCount: 5 } });
    expect(queue).not.toHaveProperty("FifoQueue");
    const aside = resourceWhere(hub, "AWS::SQS::Queue", "QueueName", "valetkey-probes-set-aside");
    expect(aside).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });

  it("waits for a probe six times as long as one may take, and runs no more of them than are reserved", () => {
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
