import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { AnchorStack } from "../../infra/anchor-stack.ts";
import type { Config } from "../../infra/config/schema.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { CONFIG, deployedStacks, plainApp, resourcesOf } from "./deployed-stacks.ts";

const config: Config = { ...CONFIG, archive: { anchor: { bucket: "acme-anchor", account: "444455556666" } } };
const hub = hubScopeOf(config);

describe("the stack of the archive's witness", () => {
  const place = hub.anchor ?? { bucket: "", account: "", region: regionNamed("eu-central-1") };
  const stack = new AnchorStack(plainApp(), "valetkey-anchor", { hub, place, lock: { mode: "COMPLIANCE", days: 400 } });
  const template = Template.fromStack(stack);

  it("holds one bucket, in the other account, whose objects are locked", () => {
    expect([stack.stackName, stack.account, stack.region]).toEqual(["valetkey-anchor", "444455556666", "eu-central-1"]);
    template.hasResource("AWS::S3::Bucket", {
      DeletionPolicy: "Retain",
      Properties: {
        BucketName: "acme-anchor",
        VersioningConfiguration: { Status: "Enabled" },
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Days: 400, Mode: "COMPLIANCE" } } },
      },
    });
    expect(Object.values(template.toJSON().Resources).map((each) => (each as { Type: string }).Type)).toEqual([
      "AWS::S3::Bucket",
      "AWS::S3::BucketPolicy",
    ]);
  });

  it("lets the hub's archive add checkpoints of its own log, and replace none, and its journal read them", () => {
    const [policy] = Object.values(template.findResources("AWS::S3::BucketPolicy"));
    const allowed = policy?.Properties.PolicyDocument.Statement.filter(({ Effect }: never) => Effect === "Allow");
    expect(allowed).toEqual([
      {
        Sid: "ArchiveAddsCheckpoints",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::999900001111:root" },
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::acme-anchor/valetkey/999900001111/eu-central-1/checkpoints/*",
        Condition: {
          ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::999900001111:role/valetkey-archive" },
          Null: { "s3:if-none-match": "false" },
        },
      },
      {
        Sid: "JournalReadsCheckpoints",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::999900001111:root" },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::acme-anchor/valetkey/999900001111/eu-central-1/checkpoints/*",
        Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::999900001111:role/valetkey-journal" } },
      },
    ]);
  });

  it("needs no bootstrap in that account", () => {
    expect(template.toJSON()).not.toHaveProperty("Parameters");
  });
});

describe("the comparison of the log with its witness", () => {
  const scheduled = (of: Config) =>
    resourcesOf(deployedStacks(of).hub, "AWS::Events::Rule").filter(({ Name }) => Name === "valetkey-anchor");

  it("is made each hour by journal, which may read both places", () => {
    const [rule, ...others] = scheduled(config);
    expect(others).toEqual([]);
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 hour)", State: "ENABLED" });
    expect(JSON.stringify(rule?.Targets)).toContain('"journalFunction');
  });

  it("is not made where there is none", () => {
    expect(scheduled(CONFIG)).toEqual([]);
  });
});

describe("a hub with a restored table", () => {
  const table = {
    name: "valetkey-2",
    copiedAt: "2026-11-27T12:00:00Z",
    stream: "arn:aws:dynamodb:eu-central-1:999900001111:table/valetkey-2/stream/2026-11-27T13:00:00.000",
  };
  const restored = deployedStacks({ ...CONFIG, table, restoredAt: "2026-11-27T13:00:00Z" }).hub;

  it("makes no table, reads the copy's stream, and lets its functions at no other", () => {
    expect(resourcesOf(restored, "AWS::DynamoDB::Table")).toEqual([]);
    const sources = resourcesOf(restored, "AWS::Lambda::EventSourceMapping").map(
      ({ EventSourceArn }) => EventSourceArn,
    );
    expect(sources.filter((arn) => arn === table.stream)).toHaveLength(2);
    const text = JSON.stringify(Template.fromStack(restored).toJSON());
    expect(text).toContain(":table/valetkey-2");
    expect(text).not.toMatch(/:table\/valetkey(?!-2)/);
  });

  it("gives the archive this moment, and the archive of every other hub none", () => {
    const restoresOf = (stack: typeof restored) =>
      resourcesOf(stack, "AWS::Lambda::Function")
        .map(
          ({ Environment }) => (Environment as { Variables?: Record<string, string> })?.Variables?.VALETKEY_RESTORED_AT,
        )
        .filter((value) => value !== undefined);
    expect(restoresOf(restored)).toEqual(["2026-11-27T13:00:00Z 2026-11-27T12:00:00Z"]);
    expect(restoresOf(deployedStacks().hub)).toEqual(["none"]);
  });
});
