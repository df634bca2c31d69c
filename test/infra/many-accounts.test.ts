import { Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { MOST_ACCOUNTS, MOST_ROLES_IN_ALL, MOST_TASK_ROLES } from "../../functions/names.ts";
import type { Config } from "../../infra/config/schema.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { HubStack } from "../../infra/hub-stack.ts";
import { IAM_LIMITS, packStatements } from "../../infra/pack-statements.ts";
import { rightsOf } from "../../infra/rights.ts";
import { LIMITS, type SizedTemplate, sizeFaults } from "../../infra/size-faults.ts";
import type { Statement } from "../../infra/statement.ts";
import { TargetStack } from "../../infra/target-stack.ts";
import { CONFIG, plainApp } from "./deployed-stacks.ts";

const region = regionNamed("eu-central-1");
const configOf = (accounts: number): Config => ({
  ...CONFIG,
  accounts: Array.from({ length: accounts }, (_, index) => ({
    id: accountId(String(100_000_000_000 + index)),
    region,
    taskRoles: MOST_ROLES_IN_ALL / MOST_ACCOUNTS,
  })),
});

const hubOf = (config: Config): SizedTemplate =>
  Template.fromStack(
    new HubStack(plainApp(), "hub", {
      config,
      deploymentDir: "not-bundled",
      consoleDir: "not-bundled",
      deploymentHash: "f".repeat(64),
    }),
  ).toJSON();

describe(`a hub of ${MOST_ACCOUNTS} accounts, which is the most that valetkey.json takes`, () => {
  let hub: SizedTemplate;
  beforeAll(() => {
    hub = hubOf(configOf(MOST_ACCOUNTS));
  });

  it("stays within each limit of AWS", () => {
    expect(sizeFaults("hub", hub)).toEqual([]);
  });

  it("looks after all roles within a minute, with 600 ms for each, and leaves most of an account's concurrency free", () => {
    const functions = Object.values(hub.Resources ?? {}).filter(({ Type }) => Type === "AWS::Lambda::Function");
    const asideOf = ({ Properties }: (typeof functions)[number]) =>
      Number(Properties?.ReservedConcurrentExecutions ?? 0);
    const reconcile = functions.filter(({ Properties }) => Properties?.FunctionName === "valetkey-reconcile");
    expect(reconcile.map(asideOf)).toEqual([50]);
    expect(functions.map(asideOf).reduce((sum, each) => sum + each)).toBeLessThan(1_000 / 2);
    const mappings = Object.values(hub.Resources ?? {}).filter(
      ({ Type }) => Type === "AWS::Lambda::EventSourceMapping",
    );
    expect(mappings.map(({ Properties }) => Properties?.ScalingConfig)).toContainEqual({ MaximumConcurrency: 50 });
  });

  it("names the task roles and the revoker of each account", () => {
    const text = JSON.stringify(hub);
    const missing = configOf(MOST_ACCOUNTS).accounts.filter(
      ({ id }) => !["valetkey-task-*", "valetkey-revoker"].every((role) => text.includes(`${id}:role/${role}`)),
    );
    expect(missing).toEqual([]);
  });

  it("gives the exchange, in its inline and its managed policies together, exactly its rights", () => {
    const resources = Object.entries(hub.Resources ?? {});
    const role = resources.find(([, { Properties }]) => Properties?.RoleName === "valetkey-exchange")?.[1].Properties;
    const arns = role?.ManagedPolicyArns as { Ref: string }[];
    const attached = arns.map(({ Ref: id }) => hub.Resources?.[id]?.Properties?.PolicyDocument);
    const [inline] = (role?.Policies ?? []) as { PolicyDocument: unknown }[];
    const sids = [inline?.PolicyDocument, ...attached]
      .flatMap((document) => (document as { Statement: Statement[] }).Statement)
      .map(({ Sid }) => Sid);
    const wanted = rightsOf("exchange", hubScopeOf(configOf(MOST_ACCOUNTS))).map(({ Sid }) => Sid);
    expect(sids.sort()).toEqual([...wanted, "OwnLog"].sort());
    expect(new Set(sids).size).toBe(sids.length);
  });
});

it("a target account with the largest pool stays within each limit", () => {
  const target = { id: accountId("111122223333"), region, taskRoles: MOST_TASK_ROLES };
  const stack = new TargetStack(plainApp(), "target", {
    hub: { account: accountId("999900001111"), region: regionNamed("eu-central-1") },
    target,
  });
  expect(sizeFaults("target", Template.fromStack(stack).toJSON())).toEqual([]);
});

describe("sizes that AWS would refuse", () => {
  const long = "x".repeat(11_000);
  const document = { Statement: [{ Sid: long }] };
  const one = (Type: string, Properties: Readonly<Record<string, unknown>>) => ({
    Resources: { It: { Type, Properties } },
  });
  const many = <T>(count: number, value: T): Readonly<Record<string, T>> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, value]));

  it.each<[string, SizedTemplate]>([
    ["inline policies", one("AWS::IAM::Role", { Policies: [{ PolicyDocument: document }] })],
    ["the trust policy", one("AWS::IAM::Role", { AssumeRolePolicyDocument: document })],
    ["managed policies of", one("AWS::IAM::Role", { ManagedPolicyArns: Array.from({ length: 11 }, () => "arn") })],
    ["the description", one("AWS::IAM::Role", { Description: long })],
    ["the name", one("AWS::IAM::Role", { RoleName: long })],
    ["the policy", one("AWS::IAM::ManagedPolicy", { PolicyDocument: document })],
    ["the environment", one("AWS::Lambda::Function", { Environment: { Variables: { A: long } } })],
    ["the environment", one("AWS::Lambda::Function", { Environment: { Variables: many(40, { Ref: "Q" }) } })],
    ["the description", one("AWS::Lambda::Function", { Description: long })],
    ["the bus's policy", one("AWS::Events::EventBus", { Policy: document })],
    ["the pattern", one("AWS::Events::Rule", { EventPattern: { account: [long] } })],
    ["resources of the stack", { Resources: many(LIMITS.resources + 1, { Type: "A::B::C" }) }],
    ["outputs of the stack", { Outputs: many(LIMITS.outputs + 1, {}) }],
    ["bytes of the template", one("A::B::C", { Text: "x".repeat(LIMITS.templateBytes) })],
  ])("are reported with their place: %s", (what, template) => {
    const [fault = "", ...more] = sizeFaults("hub", template);
    expect(fault).toContain(what);
    expect(fault).toMatch(/^hub: .*, \d+ of \d+$/);
    expect(more).toEqual([]);
  });

  it("are counted over all inline policies of a role", () => {
    const half = { PolicyDocument: { Statement: [{ Sid: "x".repeat(6_000) }] } };
    expect(sizeFaults("hub", one("AWS::IAM::Role", { Policies: [half] }))).toEqual([]);
    expect(sizeFaults("hub", one("AWS::IAM::Role", { Policies: [half, half] }))).toHaveLength(1);
  });
});

describe("statements of one role", () => {
  const statement = (Sid: string, resources: number): Statement => ({
    Sid,
    Effect: "Allow",
    Action: ["s3:GetObject"],
    Resource: Array.from({ length: resources }, (_, index) => `arn:aws:s3:::a-bucket-with-some-name-${index}/*`),
  });

  it("stay in its inline policy where they fit", () => {
    expect(packStatements([statement("A", 1), statement("B", 1)]).managed).toEqual([]);
  });

  it("go on to managed policies where they do not, and the smaller one behind stays inline", () => {
    const all = [statement("A", 200), statement("B", 100), statement("C", 100), statement("D", 2)];
    const { inline, managed } = packStatements(all);
    expect(inline.map(({ Sid }) => Sid)).toEqual(["A", "D"]);
    expect(managed.map((policy) => policy.map(({ Sid }) => Sid))).toEqual([["B"], ["C"]]);
  });

  it("are refused where one is too large for any policy, or all are for the policies that a role may have", () => {
    expect(() => packStatements([statement("A", 200), statement("B", 200)])).toThrow("the statement B takes more");
    const tooMany = Array.from({ length: IAM_LIMITS.managedPolicies + 2 }, (_, index) => statement(`S${index}`, 120));
    expect(() => packStatements([statement("A", 100), ...tooMany])).toThrow(/take 1\d managed policies of 10/);
  });
});
