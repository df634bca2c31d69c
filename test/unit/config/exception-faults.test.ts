import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { AccountExceptions } from "../../../functions/core/deployment/account-exceptions.ts";
import { exceptionFaults } from "../../../infra/config/exception-faults.ts";
import { configSchema } from "../../../infra/config/schema.ts";

const A = "111122223333";
const region = "eu-central-1";
const role = (name: string, account = A) => `arn:aws:iam::${account}:role/${name}`;
const arn = (service: string, resource: string, there = region) => `arn:aws:${service}:${there}:${A}:${resource}`;
const passing = (which: string, ...services: readonly string[]): AccountExceptions => ({
  passRoles: [{ role: which, services: services.length > 0 ? services : ["lambda.amazonaws.com"] }],
});
const sending = (document: string, target = arn("ec2", "instance/i-0a1b2c3d")): AccountExceptions => ({
  sendCommands: { documents: [document], targets: [target] },
});
const running = (taskDefinition: string, cluster = arn("ecs", "cluster/app")): AccountExceptions => ({
  runTasks: { taskDefinitions: [taskDefinition], clusters: [cluster] },
});

/** Faults of an account's exceptions: those of their form, or else those of their meaning. */
function faultsOf(exceptions: unknown, ceiling?: readonly string[]): readonly string[] {
  const { accounts } = configSchema.pipe[0].entries;
  const parsed = v.safeParse(accounts, [{ id: A, region, taskRoles: 1, exceptions, ...(ceiling ? { ceiling } : {}) }]);
  if (!parsed.success) return parsed.issues.map(({ message }) => message);
  return parsed.output.flatMap((account) => exceptionFaults(account, "aws"));
}

describe("an account's exceptions", () => {
  it.each<[string, AccountExceptions]>([
    [
      "a role in a path, for two services",
      passing(role("apps/app"), "ecs-tasks.amazonaws.com", "lambda.amazonaws.com"),
    ],
    ["every revision of a task definition", running(arn("ecs", "task-definition/app:*"))],
    ["one revision", running(arn("ecs", "task-definition/app:7"))],
    ["a function", { updateFunctions: [arn("lambda", "function:app")] }],
    ["a document on a machine", sending(arn("ssm", "document/restart-app"))],
    ["a document on a machine of one's own", sending(arn("ssm", "document/x"), arn("ssm", "managed-instance/mi-0a1b"))],
    ["a version of an automation", { startAutomations: [arn("ssm", "automation-definition/failover:3")] }],
  ])("may be %s", (_, exceptions) => {
    expect(faultsOf(exceptions)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["another account's role", passing(role("app", "444455556666")), "which is not in the account"],
    [
      "another account's cluster",
      running(arn("ecs", "task-definition/app:1"), `arn:aws:ecs:${region}:444455556666:cluster/x`),
      "which is not in the account",
    ],
    ["a role of another partition", passing(role("app").replace("aws", "aws-cn")), "which is not in the account"],
    ["a pattern of roles", passing(role("app-*")), "an ARN without wildcards"],
    ["a role of which one character is open", passing(role("ap?")), "an ARN without wildcards"],
    ["valetkey's task role", passing(role("valetkey-task-0")), "no task may reach it"],
    ["the role that deploys", passing(role("cdk-hnb659fds-cfn-exec-role-1")), "no task may reach it"],
    ["a service's own role", passing(role("aws-service-role/x/AWSServiceRoleForX")), "no task may reach it"],
    ["a role of IAM Identity Center", passing(role("aws-reserved/sso.amazonaws.com/Admin")), "no task may reach it"],
    ["every service", passing(role("app"), "*"), "a service such as"],
    ["a service that is none", passing(role("app"), "evil.example.com"), "a service such as"],
    ["no service", { passRoles: [{ role: role("app"), services: [] }] }, "Invalid length"],
    ["AWS's shell", sending(`arn:aws:ssm:${region}::document/AWS-RunShellScript`), "an ARN without wildcards"],
    [
      "a document that is named like AWS's shell",
      sending(arn("ssm", "document/AWS-RunShellScript")),
      "no task may reach it",
    ],
    [
      "AWS's automation",
      { startAutomations: [arn("ssm", "automation-definition/AWSSupport-X:1")] },
      "no task may reach it",
    ],
    ["every machine", sending(arn("ssm", "document/x"), arn("ec2", "instance/*")), "an ARN without wildcards"],
    [
      "an automation whose version is open",
      { startAutomations: [arn("ssm", "automation-definition/x:$LATEST")] },
      "an ARN without wildcards",
    ],
    ["every task definition", running(arn("ecs", "task-definition/*:1")), "a task definition with its revision"],
    ["valetkey's function", { updateFunctions: [arn("lambda", "function:valetkey-exchange")] }, "no task may reach it"],
    ["a function elsewhere", { updateFunctions: [arn("lambda", "function:app", "eu-west-1")] }, "the account's Region"],
    ["what nobody knows", { passRole: [] }, "never"],
  ])("may not be %s", (_, exceptions, sentence) => {
    expect(faultsOf(exceptions).join("\n")).toContain(sentence);
  });

  it("name each role once, since the second one's services would not count", () => {
    const both = [
      ...(passing(role("app")).passRoles ?? []),
      ...(passing(role("app"), "ec2.amazonaws.com").passRoles ?? []),
    ];
    expect(faultsOf({ passRoles: both })).toEqual([expect.stringContaining("twice; list its services together")]);
  });

  it("are not in the ceiling too, where they would have no condition", () => {
    expect(faultsOf(passing(role("app")), ["s3:Get*", "iam:*"])).toEqual([
      `accounts: ${A} has iam:PassRole in its ceiling and as an exception; take it out of the ceiling`,
    ]);
  });
});
