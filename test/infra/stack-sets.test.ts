import { Stage } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { withHeldActions } from "../../functions/core/ceiling/held-actions.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { deploymentOf } from "../../infra/config/read-config.ts";
import type { Config } from "../../infra/config/schema.ts";
import { accountsWithStacks } from "../../infra/in-stack-set.ts";
import { sizeFaults } from "../../infra/size-faults.ts";
import { addStackSets } from "../../infra/stack-sets.ts";
import { read } from "../docs/pages.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { CONFIG, deployedStacks, plainApp } from "./deployed-stacks.ts";

const region = regionNamed("eu-central-1");
const organization = { units: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"], stackSets: true as const };
const passing = { passRoles: [{ role: "arn:aws:iam::100000000003:role/app", services: ["ecs-tasks.amazonaws.com"] }] };
const config: Config = {
  ...CONFIG,
  organization,
  accounts: [
    { id: accountId("111122223333"), region, taskRoles: 2 },
    { id: accountId("100000000001"), region, taskRoles: 2, regions: [regionNamed("eu-west-1")] },
    { id: accountId("100000000002"), region, taskRoles: 2, ceiling: ["s3:GetObject"] },
    { id: accountId("100000000003"), region, taskRoles: 2, exceptions: passing },
    { id: CONFIG.hub.account, region, taskRoles: 2 },
  ],
};

/** Templates for StackSets, by name. */
function templatesOf(given: Config) {
  const app = plainApp();
  addStackSets(app, given, withHeldActions(deploymentOf(given), catalogue));
  const stage = app.node.tryFindChild("stacksets");
  const assembly = stage instanceof Stage ? stage.synth() : undefined;
  return {
    app,
    stacks: new Map(
      assembly?.stacks.map(({ stackName, template, environment, templateFile: file }) => [
        stackName,
        { template, environment, file },
      ]),
    ),
  };
}

describe("templates for StackSets", () => {
  const { app, stacks } = templatesOf(config);
  const alike = stacks.get("valetkey-targets-2")?.template;

  it("are one for each kind of account, and one for further Regions", () => {
    expect([...stacks.keys()].toSorted()).toEqual([
      "valetkey-calls",
      "valetkey-targets-2",
      expect.stringMatching(/^valetkey-targets-2-[0-9a-f]{8}$/),
    ]);
    expect(templatesOf({ ...config, organization: { units: organization.units } }).stacks.size).toBe(0);
  });

  it("are files of the names by which docs/organizations.md hands them to CloudFormation", () => {
    const eight = { ...config, accounts: [{ id: accountId("111122223333"), region, taskRoles: 8 }] };
    const file = templatesOf(eight).stacks.get("valetkey-targets-8")?.file;
    expect(read("docs/organizations.md")).toContain(`file://cdk.out/assembly-stacksets/${file} `);
  });

  it("leave a stack of its own to an account with exceptions, and to the hub's own", () => {
    expect(accountsWithStacks(config).map(({ id }) => id)).toEqual(["100000000003", CONFIG.hub.account]);
  });

  it("fit any account: they name none of the targets, no asset, and need no bootstrap", () => {
    for (const [name, { template, environment }] of stacks) {
      const text = JSON.stringify(template);
      for (const { id } of config.accounts.slice(0, 4)) expect([name, text.includes(id)]).toEqual([name, false]);
      expect([name, /hnb659fds|S3Bucket|BootstrapVersion/.test(text)]).toEqual([name, false]);
      expect(template).not.toHaveProperty("Parameters");
      expect(template).not.toHaveProperty("Rules");
      expect(environment.account).toBe("unknown-account");
      expect(sizeFaults(name, template)).toEqual([]);
    }
  });

  it("are the target's own template, with the account's id from CloudFormation", () => {
    const [own] = deployedStacks({
      ...CONFIG,
      accounts: [{ id: accountId("111122223333"), region, taskRoles: 2 }],
    }).targets;
    if (!own) throw new Error("no target");
    const text = JSON.stringify(plainly(alike)).replaceAll("${AWS::AccountId}", "111122223333");
    expect(JSON.parse(text).Resources).toEqual(plainly(Template.fromStack(own).toJSON().Resources));
  });

  it("have nothing that cdk-nag finds", () => {
    const report = new AwsSolutionsChecks(app).validateScope(app);
    expect(report.violations.map(({ ruleName }) => ruleName)).toEqual([]);
  });
});

/** Joins what CloudFormation would join, and drops what CDK writes for itself. */
function plainly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainly);
  if (typeof value !== "object" || value === null) return value;
  const [[key, inner] = []] = Object.entries(value);
  if (key === "Fn::Join" && Array.isArray(inner)) return inner[1].map(textOf).join("");
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => (name === "Metadata" ? [] : [[name, plainly(each)]])),
  );
}

const textOf = (part: unknown): string =>
  typeof part === "string"
    ? part
    : JSON.stringify(part) === '{"Ref":"AWS::AccountId"}'
      ? "${AWS::AccountId}"
      : JSON.stringify(part);
