import { describe, expect, it } from "vitest";
import type { AccountExceptions } from "../../functions/core/deployment/account-exceptions.ts";
import { ceiling } from "../../infra/target-rights.ts";
import { TargetStack } from "../../infra/target-stack.ts";
import { plainApp, resourcesOf } from "./deployed-stacks.ts";
import { allows } from "./iam.ts";

const A = "111122223333";
const APP = `arn:aws:iam::${A}:role/app`;
const EXCEPTIONS: AccountExceptions = {
  passRoles: [{ role: APP, services: ["ecs-tasks.amazonaws.com"] }],
  runTasks: {
    taskDefinitions: [`arn:aws:ecs:us-east-1:${A}:task-definition/app:*`],
    clusters: [`arn:aws:ecs:us-east-1:${A}:cluster/app`],
  },
  updateFunctions: [`arn:aws:lambda:us-east-1:${A}:function:app`],
  sendCommands: {
    documents: [`arn:aws:ssm:us-east-1:${A}:document/restart-app`],
    targets: [`arn:aws:ec2:us-east-1:${A}:instance/i-0a`],
  },
  startAutomations: [`arn:aws:ssm:us-east-1:${A}:automation-definition/failover:3`],
};
const passing = (resource: string, service?: string) => ({
  action: "iam:PassRole",
  resource,
  context: service === undefined ? {} : { "iam:PassedToService": service },
});
const on = (action: string, resource: string, context = {}) => ({ action, resource, context });
const CLUSTER = { "ecs:cluster": `arn:aws:ecs:us-east-1:${A}:cluster/app` };

describe("a task under a ceiling with exceptions, whatever its session allows", () => {
  const { allow, deny } = ceiling("aws", ["s3:GetObject"], [], EXCEPTIONS);
  // The session policy of a wrong compilation: it allows everything.
  const everything = {
    inline: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  };
  const may = (call: Parameters<typeof allows>[1]) =>
    allows([...allow, ...deny], call, { ...everything, boundary: [...allow, ...deny] });

  it.each([
    passing(APP, "ecs-tasks.amazonaws.com"),
    on("ecs:RunTask", `arn:aws:ecs:us-east-1:${A}:task-definition/app:7`, CLUSTER),
    on("lambda:UpdateFunctionCode", `arn:aws:lambda:us-east-1:${A}:function:app`),
    on("ssm:StartAutomationExecution", `arn:aws:ssm:us-east-1:${A}:automation-definition/failover:3`),
    on("ssm:SendCommand", `arn:aws:ssm:us-east-1:${A}:document/restart-app`),
    on("ssm:SendCommand", `arn:aws:ec2:us-east-1:${A}:instance/i-0a`),
  ])("may do what is excepted: $action on $resource", async (call) => {
    expect(await may(call)).toBe(true);
  });

  it.each([
    ["another role", passing(`arn:aws:iam::${A}:role/admin`, "ecs-tasks.amazonaws.com")],
    ["a role whose name goes on", passing(`${APP}-admin`, "ecs-tasks.amazonaws.com")],
    ["the role to another service", passing(APP, "ec2.amazonaws.com")],
    ["the role to nobody that is named", passing(APP)],
    ["valetkey's own", passing(`arn:aws:iam::${A}:role/valetkey-task-0`, "ecs-tasks.amazonaws.com")],
    ["a change of the role", on("iam:PutRolePolicy", APP)],
    ["a change of its trust", on("iam:UpdateAssumeRolePolicy", APP)],
    ["becoming the role", on("sts:AssumeRole", APP)],
    ["a look at the role", on("iam:GetRole", APP)],
    ["another task definition", on("ecs:RunTask", `arn:aws:ecs:us-east-1:${A}:task-definition/admin:1`, CLUSTER)],
    ["another cluster", on("ecs:RunTask", `arn:aws:ecs:us-east-1:${A}:task-definition/app:7`)],
    ["a shell in the task", on("ecs:ExecuteCommand", `arn:aws:ecs:us-east-1:${A}:task/app/1`)],
    [
      "valetkey's functions",
      on("lambda:UpdateFunctionCode", `arn:aws:lambda:us-east-1:${A}:function:valetkey-exchange`),
    ],
    ["the function's settings", on("lambda:UpdateFunctionConfiguration", `arn:aws:lambda:us-east-1:${A}:function:app`)],
    ["a shell by a document of AWS", on("ssm:SendCommand", `arn:aws:ssm:us-east-1:${A}:document/AWS-RunShellScript`)],
    ["another machine", on("ssm:SendCommand", `arn:aws:ec2:us-east-1:${A}:instance/i-0b`)],
    [
      "another version",
      on("ssm:StartAutomationExecution", `arn:aws:ssm:us-east-1:${A}:automation-definition/failover:4`),
    ],
    ["the document's content", on("ssm:UpdateDocument", `arn:aws:ssm:us-east-1:${A}:document/restart-app`)],
    ["a session on the machine", on("ssm:StartSession", `arn:aws:ec2:us-east-1:${A}:instance/i-0a`)],
  ])("may not do more: %s", async (_, call) => {
    expect(await may(call)).toBe(false);
  });

  it("is denied the rest by name, should the account's own list allow everything", async () => {
    const { allow: any, deny: named } = ceiling("aws", ["*"], [], EXCEPTIONS);
    for (const [action, resource] of [
      ["iam:PassRole", `arn:aws:iam::${A}:role/admin`],
      ["iam:PutRolePolicy", APP],
      ["lambda:UpdateFunctionCode", `arn:aws:lambda:us-east-1:${A}:function:other`],
      ["ssm:SendCommand", `arn:aws:ssm:us-east-1:${A}:document/other`],
      ["ssm:UpdateDocument", `arn:aws:ssm:us-east-1:${A}:document/restart-app`],
    ] as const)
      expect(await allows([...any, ...named], on(action, resource)), action).toBe(false);
  });

  it("has nothing of it where the account opted into nothing", async () => {
    const plain = ceiling("aws", ["s3:GetObject"]);
    const walls = [...plain.allow, ...plain.deny];
    const call = passing(APP, "ecs-tasks.amazonaws.com");
    expect(await allows(walls, call, { ...everything, boundary: walls })).toBe(false);
  });
});

it("one role for one service has room beside the default ceiling", () => {
  const target = { id: A, region: "us-east-1", taskRoles: 1, exceptions: { passRoles: EXCEPTIONS.passRoles } };
  const stack = new TargetStack(plainApp(), "target", {
    hub: { account: "999900001111", region: "eu-central-1" },
    target,
  });
  const [policy] = resourcesOf(stack, "AWS::IAM::ManagedPolicy");
  expect(JSON.stringify(policy?.PolicyDocument)).toContain("iam:PassedToService");
});
