import { readFileSync } from "node:fs";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { callsPlaces } from "../../infra/calls-places.ts";
import { TargetStack } from "../../infra/target-stack.ts";
import { CONFIG, deployedStacks, plainApp, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

const { targets, calls } = deployedStacks({
  ...CONFIG,
  accounts: CONFIG.accounts.map((account) => ({ ...account, regions: [regionNamed("eu-west-1")] })),
});
const [target] = targets;
if (target === undefined) throw new Error("no target stack");
const pool = ["valetkey-task-0", "valetkey-task-1"];
const [ceiling] = resourcesOf(target, "AWS::IAM::ManagedPolicy");

describe("a task role", () => {
  it.each(pool)(
    "%s has the ceiling as its rights and the very same policy as its boundary, Denies beside it, and nothing inline",
    (name) => {
      const role = resourceWhere(target, "AWS::IAM::Role", "RoleName", name);
      const held = [0, 1, 2].map((index) => ({ Ref: expect.stringMatching(`^CeilingHeld[0-9a-f]{16}${index}`) }));
      expect(role.ManagedPolicyArns).toEqual([role.PermissionsBoundary, ...held]);
      expect(role.PermissionsBoundary).toEqual({ Ref: expect.stringContaining("Ceiling") });
      expect(role).not.toHaveProperty("Policies");
      expect(resourcesOf(target, "AWS::IAM::Policy")).toEqual([]);
    },
  );

  it.each(pool)(
    "%s trusts the hub's exchange and its canary alone, each under its own source identity, for sessions that name agent and task in transitive tags",
    (name) => {
      const exchange = { AWS: "arn:aws:iam::999900001111:role/valetkey-exchange" };
      const probe = { AWS: "arn:aws:iam::999900001111:role/valetkey-probe" };
      const isProbe = { "sts:SourceIdentity": "valetkey-probe" };
      const tagged = { "aws:RequestTag/valetkey:agent": "?*", "aws:RequestTag/valetkey:task": "?*" };
      const transitive = {
        "ForAnyValue:StringEquals": { "sts:TransitiveTagKeys": "valetkey:agent" },
        "ForAnyValue:StringLike": { "sts:TransitiveTagKeys": "valetkey:task" },
      };
      expect(resourceWhere(target, "AWS::IAM::Role", "RoleName", name).AssumeRolePolicyDocument).toEqual({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "ExchangeAssumes",
            Effect: "Allow",
            Principal: exchange,
            Action: "sts:AssumeRole",
            Condition: { StringLike: { "sts:SourceIdentity": "?*", ...tagged }, StringNotEquals: isProbe },
          },
          {
            Sid: "ProbeAssumes",
            Effect: "Allow",
            Principal: probe,
            Action: "sts:AssumeRole",
            Condition: { StringLike: tagged, StringEquals: isProbe },
          },
          {
            Sid: "BothTag",
            Effect: "Allow",
            Principal: { AWS: [exchange.AWS, probe.AWS] },
            Action: "sts:TagSession",
            Condition: {
              "ForAllValues:StringEquals": { "aws:TagKeys": ["valetkey:agent", "valetkey:task", "valetkey:started"] },
              ...transitive,
            },
          },
          {
            Sid: "ExchangeTagsThePerson",
            Effect: "Allow",
            Principal: exchange,
            Action: "sts:TagSession",
            Condition: {
              StringLike: { "aws:RequestTag/valetkey:person": "????????????????" },
              "ForAllValues:StringEquals": {
                "aws:TagKeys": ["valetkey:agent", "valetkey:task", "valetkey:started", "valetkey:person"],
              },
              ...transitive,
              "ForAnyValue:StringEqualsIgnoreCase": { "sts:TransitiveTagKeys": "valetkey:person" },
            },
          },
          {
            Sid: "BothNameWhoseItIs",
            Effect: "Allow",
            Principal: { AWS: [exchange.AWS, probe.AWS] },
            Action: "sts:SetSourceIdentity",
          },
        ],
      });
    },
  );

  it("lasts an hour at most, which is all that STS gives to a caller that is a session itself", () => {
    for (const name of pool) {
      expect(resourceWhere(target, "AWS::IAM::Role", "RoleName", name).MaxSessionDuration).toBe(3600);
    }
  });
});

describe("the revoker", () => {
  const role = resourceWhere(target, "AWS::IAM::Role", "RoleName", "valetkey-revoker");

  it("trusts the hub's reconciler alone", () => {
    expect(role.AssumeRolePolicyDocument).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReconcilerAssumes",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::999900001111:role/valetkey-reconcile" },
          Action: "sts:AssumeRole",
        },
      ],
    });
  });

  it("writes inline policies of task roles alone, and only while these have their boundary", () => {
    const Resource = "arn:aws:iam::111122223333:role/valetkey-task-*";
    expect(role.Policies).toEqual([
      {
        PolicyName: "rights",
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "WriteRevocations",
              Effect: "Allow",
              Action: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
              Resource,
              Condition: {
                StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/valetkey-ceiling" },
              },
            },
            { Sid: "ReadBack", Effect: "Allow", Action: ["iam:GetRolePolicy", "iam:ListRolePolicies"], Resource },
          ],
        },
      },
    ]);
    expect(role).not.toHaveProperty("ManagedPolicyArns");
  });
});

describe("the ceiling", () => {
  it("has the name that the revoker's condition expects", () => {
    expect(ceiling?.ManagedPolicyName).toBe("valetkey-ceiling");
  });

  it("allows what the account lists, and denies the same as ever", () => {
    const [narrow] = resourcesOf(withCeiling(["s3:GetObject"]), "AWS::IAM::ManagedPolicy");
    const [allow, ...deny] = statementsOf(narrow);
    expect(allow).toEqual({ Sid: "Ceiling", Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
    expect(deny).toEqual(statementsOf(ceiling).slice(1));
    expect(deny.map((statement) => statement.Effect)).toEqual(["Deny", "Deny", "Deny"]);
  });

  it("leaves the canary one call, whatever the account lists", () => {
    expect(statementsOf(ceiling).at(-1)).toEqual({
      Sid: "NothingElseForTheProbe",
      Effect: "Deny",
      NotAction: "s3:ListAllMyBuckets",
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceIdentity": "valetkey-probe" } },
    });
  });

  it("fits into a managed policy as it is by default, and the trust into a role's, with room for more", () => {
    const charactersOf = (document: unknown) => JSON.stringify(document).length;
    expect(charactersOf(ceiling?.PolicyDocument)).toBeLessThan(6_144 * 0.95);
    for (const name of pool) {
      const { AssumeRolePolicyDocument: trust } = resourceWhere(target, "AWS::IAM::Role", "RoleName", name);
      expect(charactersOf(trust)).toBeLessThan(2_048 * 0.95);
    }
  });

  it("refuses a list that IAM could not hold, and names the remedy", () => {
    const actions = Array.from({ length: 300 }, (_, index) => `ec2:DescribeSomething${index}`);
    expect(() => withCeiling(actions)).toThrow(/of 6144 characters: shorten/);
  });
});

const withCeiling = (ceiling: readonly string[]) =>
  new TargetStack(plainApp(), "target", {
    hub: { account: accountId("999900001111"), region: regionNamed("eu-central-1") },
    target: { id: accountId("111122223333"), region: regionNamed("eu-central-1"), taskRoles: 1, ceiling },
  });

function statementsOf(policy: Readonly<Record<string, unknown>> = {}) {
  return (policy.PolicyDocument as { Statement: { Effect: string }[] }).Statement;
}

describe("the rule that forwards what tasks call", () => {
  const BUS = "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey";
  const rule = (roleArn: unknown) => ({
    Name: "valetkey-calls",
    Description: "valetkey: what task roles call, to the hub's ledger",
    State: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    EventPattern: {
      source: [{ prefix: "aws." }],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: { userIdentity: { sessionContext: { sessionIssuer: { userName: [{ prefix: "valetkey-task-" }] } } } },
    },
    Targets: [{ Id: "hub", Arn: BUS, RoleArn: roleArn }],
  });

  it("is in the account's own Region, beside the one role that may put events on the hub's bus, and nothing else", () => {
    expect(resourcesOf(target, "AWS::Events::Rule")).toEqual([
      rule({ "Fn::GetAtt": [expect.stringContaining("ForwarderRole"), "Arn"] }),
    ]);
    const role = resourceWhere(target, "AWS::IAM::Role", "RoleName", "valetkey-forwarder");
    expect(role.Policies).toEqual([
      {
        PolicyName: "rights",
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [{ Sid: "Forward", Effect: "Allow", Action: "events:PutEvents", Resource: BUS }],
        },
      },
    ]);
  });

  it("is alone in each further Region, and where global services report, under the same role", () => {
    expect(calls.map(({ stackName, region, account }) => [stackName, region, account])).toEqual([
      ["valetkey-calls-111122223333-us-east-1", "us-east-1", "111122223333"],
      ["valetkey-calls-111122223333-eu-west-1", "eu-west-1", "111122223333"],
    ]);
    for (const stack of calls) {
      const { Resources: resources } = Template.fromStack(stack).toJSON();
      expect(Object.values(resources)).toEqual([
        { Type: "AWS::Events::Rule", Properties: rule("arn:aws:iam::111122223333:role/valetkey-forwarder") },
      ]);
    }
  });

  it.each([
    ["us-east-1", []],
    ["cn-northwest-1", ["cn-north-1"]],
    ["us-gov-east-1", ["us-gov-west-1"]],
  ])("needs no second stack where the account's Region is that of global services: %s", (region, others) => {
    const accounts = [{ id: accountId("111122223333"), region: regionNamed(region), taskRoles: 1 }];
    expect(callsPlaces({ accounts }).map((place) => place.region)).toEqual(others);
  });
});

describe("the execution policy for targets that docs/deploying.md offers", () => {
  const { Statement: statements } = JSON.parse(readFileSync("docs/deploying/target-execution-policy.json", "utf8")) as {
    Statement: { Action: string[]; Resource: string }[];
  };

  it("is about every resource of the stack by its name, and about nothing else", () => {
    const { Resources: resources } = Template.fromStack(target).toJSON() as {
      Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
    };
    const types = new Set(Object.values(resources).map(({ Type }) => Type));
    expect(types).toEqual(new Set(["AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::Events::Rule"]));
    const names = Object.values(resources).map(({ Properties: { RoleName, ManagedPolicyName, Name } }) =>
      String(RoleName ?? ManagedPolicyName ?? Name),
    );
    for (const name of names) expect(name).toMatch(/^valetkey-/);
    const iam = statements.filter(({ Action }) => Action.some((action) => action.startsWith("iam:")));
    expect(iam.map(({ Resource }) => Resource)).toEqual([
      "arn:aws:iam::*:role/valetkey-*",
      "arn:aws:iam::*:policy/valetkey-*",
      "arn:aws:iam::*:role/valetkey-forwarder",
    ]);
    const events = statements.filter(({ Action }) => Action.some((action) => action.startsWith("events:")));
    expect(events.map(({ Resource }) => Resource)).toEqual(["arn:aws:events:*:*:rule/valetkey-*"]);
  });

  it.each(["README.md", "docs/deploying.md", "client/doctor/aws/inspect-bootstrap.ts"])(
    "has in %s a name that its own rights do not cover, so that it cannot change itself",
    (file) => {
      const named = [...readFileSync(file, "utf8").matchAll(/execution-policies (\S+):policy\/([\w-]+)/g)];
      expect(named.map(([, , name]) => name)).toEqual(["deploy-valetkey"]);
      const covered = statements.map(({ Resource }) => /:policy\/(.*)\*$/.exec(Resource)?.[1] ?? "-");
      expect(covered.filter((prefix) => "deploy-valetkey".startsWith(prefix))).toEqual([]);
    },
  );

  it("passes one role to one service: the forwarder to EventBridge", () => {
    expect(statements.filter(({ Action }) => Action.includes("iam:PassRole"))).toEqual([
      {
        Sid: "ForwarderToEventBridge",
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: "arn:aws:iam::*:role/valetkey-forwarder",
        Condition: { StringEquals: { "iam:PassedToService": "events.amazonaws.com" } },
      },
    ]);
  });

  it("names its actions one by one", () => {
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  });
});
