import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { busPolicy, busRules } from "../../infra/bus-rights.ts";
import { HeraldStack } from "../../infra/herald-stack.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { rightsOf } from "../../infra/rights.ts";
import { sizeFaults } from "../../infra/size-faults.ts";
import { CONFIG, deployedStacks, plainApp, resourcesOf } from "./deployed-stacks.ts";
import { allows } from "./iam.ts";

const HUB = CONFIG.hub.account;
const LISTED = accountId("111122223333");
const UNLISTED = accountId("444455556666");
const MANAGEMENT = accountId("777788889999");
const UNIT = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111";
const OTHER = "o-a1b2c3d4e5/r-ab12/ou-ab12-22222222";
const organization = { units: [UNIT, `${OTHER}/ou-ab12-33333333`], management: MANAGEMENT };
const config = { ...CONFIG, organization };
const scope = hubScopeOf(config);

/**
 * Returns whether IAM lets a function become a role of an account.
 * @param paths the account's organisational paths as IAM gets them; absent for none.
 */
const becomes = (name: "exchange" | "probe" | "reconcile", account: string, paths?: string, where = scope) =>
  allows(
    rightsOf(name, where),
    {
      action: "sts:AssumeRole",
      resource: `arn:aws:iam::${account}:role/${name === "reconcile" ? "valetkey-revoker" : "valetkey-task-0"}`,
      context: { ...(paths === undefined ? {} : { "aws:ResourceOrgPaths": [paths] }) },
    },
    { account: HUB },
  );

describe("I1: with organisational units", () => {
  it.each([
    ["in the unit", `${UNIT}/`, true],
    ["in a unit below it", `${UNIT}/ou-ab12-44444444/`, true],
    ["in the other unit", `${OTHER}/ou-ab12-33333333/`, true],
    ["in no unit that is named", `${OTHER}/`, false],
    ["in a unit whose name begins so", `${UNIT}9/`, false],
    ["at the root", "o-a1b2c3d4e5/r-ab12/", false],
    ["of another organisation", `o-zzzzzzzzzz/r-ab12/ou-ab12-11111111/`, false],
    ["of no organisation, of which IAM gets no path", undefined, false],
  ])("exchange and probe become task roles of a listed account %s: %s", async (_, paths, may) => {
    expect(await becomes("exchange", LISTED, paths)).toBe(may);
    expect(await becomes("probe", LISTED, paths)).toBe(may);
  });

  it("nobody becomes a task role of an account that is in the unit and not listed", async () => {
    expect(await becomes("exchange", UNLISTED, `${UNIT}/`)).toBe(false);
    expect(await becomes("probe", UNLISTED, `${UNIT}/`)).toBe(false);
  });

  it("I5: reconcile becomes the revoker of listed accounts wherever they are, and of every account of the units", async () => {
    expect(await becomes("reconcile", LISTED)).toBe(true);
    expect(await becomes("reconcile", LISTED, `${OTHER}/`)).toBe(true);
    expect(await becomes("reconcile", UNLISTED, `${UNIT}/`)).toBe(true);
    expect(await becomes("reconcile", UNLISTED, `${OTHER}/`)).toBe(false);
    expect(await becomes("reconcile", UNLISTED)).toBe(false);
  });

  it("is not required of a hub that names no unit", async () => {
    expect(await becomes("exchange", LISTED, undefined, hubScopeOf(CONFIG))).toBe(true);
    expect(JSON.stringify(rightsOf("reconcile", hubScopeOf(CONFIG)))).not.toContain("OrgPaths");
  });

  it("stays within each limit of AWS with 200 accounts and ten units", () => {
    const accounts = Array.from({ length: 200 }, (_, index) => ({
      id: accountId(String(100_000_000_000 + index)),
      region: regionNamed("eu-central-1"),
      taskRoles: 8,
    }));
    const units = Array.from({ length: 10 }, (_, index) => `${UNIT}/ou-ab12-${String(10_000_000 + index)}`);
    const { hub } = deployedStacks({ ...config, accounts, organization: { ...organization, units } });
    expect(sizeFaults("hub", Template.fromStack(hub).toJSON())).toEqual([]);
  });
});

describe("the bus, with organisational units", () => {
  const BUS = "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey";
  const puts = (role: string, account: string, event: readonly [source: string, type: string], paths?: string) =>
    allows(
      busPolicy(scope).map(({ Principal: _, ...statement }) => statement),
      {
        action: "events:PutEvents",
        resource: BUS,
        context: {
          "aws:PrincipalArn": `arn:aws:iam::${account}:role/${role}`,
          "aws:PrincipalAccount": account,
          "events:source": [event[0]],
          "events:detail-type": [event[1]],
          ...(paths === undefined ? {} : { "aws:PrincipalOrgPaths": [paths] }),
        },
      },
      { account },
    );
  const CALL = ["aws.s3", "AWS API Call via CloudTrail"] as const;
  const LEFT = ["aws.organizations", "AWS Service Event via CloudTrail"] as const;

  it.each([
    ["a listed account in the unit forwards calls", "valetkey-forwarder", LISTED, CALL, `${UNIT}/`, true],
    ["a listed account elsewhere does not", "valetkey-forwarder", LISTED, CALL, `${OTHER}/`, false],
    ["nor one of no organisation", "valetkey-forwarder", LISTED, CALL, undefined, false],
    ["nor an account that is not listed", "valetkey-forwarder", UNLISTED, CALL, `${UNIT}/`, false],
    ["the management account reports departures", "valetkey-herald", MANAGEMENT, LEFT, undefined, true],
    ["and of nothing else", "valetkey-herald", MANAGEMENT, CALL, undefined, false],
    ["nor with another role", "admin", MANAGEMENT, LEFT, undefined, false],
    ["no target account reports departures", "valetkey-forwarder", LISTED, LEFT, `${UNIT}/`, false],
    ["nor with a role of that name", "valetkey-herald", LISTED, LEFT, `${UNIT}/`, false],
    [
      "the management account requests nothing",
      "valetkey-herald",
      MANAGEMENT,
      ["valetkey.request", "task.end"],
      undefined,
      false,
    ],
  ] as const)("%s", async (_, role, account, event, paths, may) => {
    expect(await puts(role, account, event, paths)).toBe(may);
  });

  it("hands intake the management account's own events alone", () => {
    expect(busRules(scope).at(-1)?.pattern).toEqual({
      source: ["aws.organizations"],
      account: [MANAGEMENT],
      "detail-type": ["AWS Service Event via CloudTrail"],
    });
    expect(busRules(hubScopeOf(CONFIG))).toHaveLength(1);
  });
});

describe("the stack of the management account", () => {
  const stack = new HeraldStack(plainApp(), "herald", { management: MANAGEMENT, hub: CONFIG.hub });

  it("is where global services report, needs no bootstrap, and may put events on the hub's bus alone", () => {
    expect([stack.account, stack.region]).toEqual([MANAGEMENT, "us-east-1"]);
    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty("Parameters");
    const [role] = resourcesOf(stack, "AWS::IAM::Role");
    expect(role?.RoleName).toBe("valetkey-herald");
    expect(role?.Policies).toEqual([
      {
        PolicyName: "rights",
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Forward",
              Effect: "Allow",
              Action: "events:PutEvents",
              Resource: "arn:aws:events:eu-central-1:999900001111:event-bus/valetkey",
            },
          ],
        },
      },
    ]);
  });
});
