import { CfnResource, Stack, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { CONFIG, deployedStacks, plainApp } from "./deployed-stacks.ts";

describe("cdk-nag's AwsSolutions rules", () => {
  const { app } = deployedStacks();
  const organization = { units: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"], management: accountId("777788889999") };

  it.each([
    ["with nothing optional", app],
    ["in an organisation", deployedStacks({ ...CONFIG, organization }).app],
  ])("find nothing that is not acknowledged %s", (_, scope) => {
    const report = new AwsSolutionsChecks(scope).validateScope(scope);
    expect(report.violations.map((violation) => violation.ruleName)).toEqual([]);
  });

  it("are acknowledged one finding at a time, each with its reason, and for five rules only", () => {
    const acknowledged = app.node.findAll().flatMap(acknowledgedAt);
    expect(new Set(acknowledged.map(({ rule }) => rule.replace(/^.*::AwsSolutions-|\[.*$/g, "")))).toEqual(
      new Set(["APIG4", "IAM5", "S1", "SMG4", "SQS3"]),
    );
    for (const { rule, reason } of acknowledged) {
      expect(rule).toMatch(/-APIG4$|-S1$|-SQS3$|-SMG4$|-IAM5\[(Action|Resource)::.+\]$/);
      expect(reason.length).toBeGreaterThan(40);
    }
  });
});

describe("CDK's own validation of the templates", () => {
  const options = {
    vpc: { subnets: ["subnet-0a1b2c3d"], securityGroups: ["sg-0a1b2c3d"] },
    bus: { publishers: ["777788889999"] },
  };

  it.each([
    ["with nothing optional", CONFIG],
    ["with a network of one's own and an open bus", { ...CONFIG, ...options }],
  ])("finds nothing in a deployment %s", (_, config) => {
    expect(() => deployedStacks(config, plainApp(true)).app.synth()).not.toThrow();
  });

  it("is seen where it finds something", () => {
    const app = plainApp(true);
    new CfnResource(new Stack(app, "wrong"), "Bucket", { type: "AWS::S3::Bucket", properties: { Nonsense: 1 } });
    expect(() => app.synth()).toThrow(/validation/i);
  });
});

const acknowledgedAt = (construct: IConstruct): { rule: string; reason: string }[] =>
  construct.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((entry) =>
      Object.entries(entry.data as Record<string, string>).map(([rule, reason]) => ({ rule, reason })),
    );
