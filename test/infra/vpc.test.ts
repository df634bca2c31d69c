import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { rightsOf } from "../../infra/rights.ts";
import type { Statement } from "../../infra/statement.ts";
import { CONFIG, deployedStacks, HEARING, resourceWhere } from "./deployed-stacks.ts";
import { allows } from "./iam.ts";

const VPC = {
  subnets: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
  securityGroups: ["sg-0a1b2c3d4e5f60718"],
};
const NETWORKED: readonly FunctionName[] = ["exchange", "revoke-leases", "rotate"];
const SEE = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
const JOIN = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

describe("a hub with a network of one's own", () => {
  const without = deployedStacks({ ...CONFIG, ...HEARING });
  const within = deployedStacks({ ...CONFIG, ...HEARING, vpc: VPC });
  const functionOf = (name: FunctionName, { hub } = within) =>
    resourceWhere(hub, "AWS::Lambda::Function", "FunctionName", `valetkey-${name}`);
  const statementsOf = (name: FunctionName, { hub } = within) =>
    (
      resourceWhere(hub, "AWS::IAM::Role", "RoleName", `valetkey-${name}`).Policies as {
        PolicyDocument: { Statement: { Sid: string }[] };
      }[]
    )[0]?.PolicyDocument.Statement ?? [];

  it.each(FUNCTIONS)("has %s in it where that speaks to databases, and nowhere else", (name) => {
    const isIn = NETWORKED.includes(name);
    expect(functionOf(name).VpcConfig).toEqual(
      isIn ? { SubnetIds: VPC.subnets, SecurityGroupIds: VPC.securityGroups } : undefined,
    );
    expect(functionOf(name, without)).not.toHaveProperty("VpcConfig");
  });

  it.each(FUNCTIONS)("gives %s exactly what Lambda needs for that, and nothing where it is in none", (name) => {
    const code = `arn:aws:lambda:eu-central-1:999900001111:function:valetkey-${name}`;
    const more = [
      { Sid: "SeeNetwork", Effect: "Allow", Action: SEE, Resource: "*" },
      { Sid: "JoinNetwork", Effect: "Allow", Action: JOIN, Resource: "arn:aws:ec2:eu-central-1:999900001111:*/*" },
      {
        Sid: "NotByItsCode",
        Effect: "Deny",
        Action: [...SEE, ...JOIN],
        Resource: "*",
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": code } },
      },
    ];
    const before = statementsOf(name, without);
    expect(JSON.stringify(before)).not.toContain("ec2:");
    const [ownLog, ...rest] = before.toReversed();
    expect(statementsOf(name)).toEqual([...rest.toReversed(), ...(NETWORKED.includes(name) ? more : []), ownLog]);
  });

  it.each(NETWORKED)(
    "denies the code of %s all of it, wherever its keys are used, and Lambda none of it",
    async (name) => {
      // Beside everything else that a role could ever be allowed: what is shown is the deny.
      const all: Statement = { Effect: "Allow", Action: ["ec2:*"], Resource: ["*"] };
      const rights = [...rightsOf(name, hubScopeOf({ ...CONFIG, vpc: VPC })), all];
      const account = "999900001111";
      const code = `arn:aws:lambda:eu-central-1:${account}:function:valetkey-${name}`;
      for (const action of [...SEE, ...JOIN]) {
        const resource = SEE.includes(action)
          ? "*"
          : `arn:aws:ec2:eu-central-1:${account}:network-interface/eni-0a1b2c3d`;
        expect(await allows(rights, { action, resource }, { account }), action).toBe(true);
        const context = { "lambda:SourceFunctionArn": code };
        expect(await allows(rights, { action, resource, context }, { account }), action).toBe(false);
      }
    },
  );

  it("has nothing that cdk-nag finds and nobody has acknowledged", () => {
    const report = new AwsSolutionsChecks(within.app).validateScope(within.app);
    expect(report.violations.map((violation) => violation.ruleName)).toEqual([]);
  });
});
