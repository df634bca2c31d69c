import { describe, expect, it } from "vitest";
import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import type { Detail } from "../../../../functions/core/intent/detail.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { Refusal } from "../../../../functions/core/refusal.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, aws, refusalOf } from "./spread.ts";

describe("an action of which all types are optional, on *", () => {
  const RDS = `arn:aws:rds:eu-west-1:${ACCOUNT}`;
  const accounts = [{ id: ACCOUNT, region: regionNamed("eu-west-1") }];
  const spread = (...details: readonly Detail[]) =>
    spreadIntent(details, catalogue, {}, accounts).flatMap((each) => each.pairs);
  const on = (actions: readonly string[], resources: readonly string[] = ["*"]) =>
    spread(aws(actions, resources)).map(({ action, target }) => `${action} ${target}`);

  it("is of the account's own in its Region", () => {
    expect(spread(aws(["rds:DescribeDBInstances"], ["*"]))).toEqual([
      {
        kind: "resource",
        action: "rds:DescribeDBInstances",
        groups: ["rds:List", "aws:List"],
        mints: false,
        isPattern: true,
        target: `${RDS}:db:*`,
        service: "rds",
        region: "eu-west-1",
        account: ACCOUNT,
        arnNamesAccount: true,
        tagKey: { prefix: "aws:ResourceTag", isCertain: false },
        listed: [{ head: `${RDS}:db:`, without: "/:", evaluated: [`${RDS}:db:\${*}*`, `${RDS}:db:`] }],
        wantsAll: true,
      },
    ]);
  });

  it.each([
    ["rds:DescribeDBSnapshots", [`${RDS}:db:*`, `${RDS}:snapshot:*`]],
    ["rds:DescribeGlobalClusters", [`arn:aws:rds::${ACCOUNT}:global-cluster:*`]],
    ["cloudformation:DescribeStacks", [`arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/*/*`]],
    ["sns:Unsubscribe", [`arn:aws:sns:eu-west-1:${ACCOUNT}:*`]],
    ["securityhub:DescribeHub", [`arn:aws:securityhub:eu-west-1:${ACCOUNT}:hub/default`]],
  ])("is of each type: %s", (action, targets) => {
    expect(on([action])).toEqual(targets.map((target) => `${action} ${target}`));
  });

  it("is in the account's own partition", () => {
    const china = [{ id: ACCOUNT, region: regionNamed("cn-north-1") }];
    expect(spreadIntent([aws(["rds:DescribeDBInstances"], ["*"])], catalogue, {}, china)[0]?.pairs).toMatchObject([
      { target: `arn:aws-cn:rds:cn-north-1:${ACCOUNT}:db:*` },
    ]);
  });

  it("is of the ARNs alone where it names some, and * of the actions that none of them fits", () => {
    expect(on(["rds:DescribeDBInstances", "ec2:DescribeInstances"], [`${RDS}:db:app`, "*"])).toEqual([
      `rds:DescribeDBInstances ${RDS}:db:app`,
      "ec2:DescribeInstances *",
    ]);
    expect(() => on(["rds:DescribeDBInstances"], [`${RDS}:db:app`, "*"])).toThrow(Refusal);
  });

  it("is left out of a pattern of which other actions take *, as ever, and not where it is named beside it", () => {
    const events = "rds:DescribeEvents *";
    expect(on(["rds:Describe*"])).toContain(events);
    expect(on(["rds:Describe*"])).toEqual(on(["rds:Describe*"]).filter((each) => each.endsWith(" *")));
    for (const actions of [
      ["rds:Describe*", "rds:DescribeDBInstances"],
      ["rds:DescribeDBInstances", "rds:Describe*"],
    ]) {
      const both = on(actions);
      expect([both.includes(events), both.filter((each) => each.includes(":db:"))]).toEqual([
        true,
        [`rds:DescribeDBInstances ${RDS}:db:*`],
      ]);
    }
  });

  it("is in a pattern of which no action takes *, each once", () => {
    const both = [`rds:DescribeDBClusterEndpoints ${RDS}:cluster:*`, `rds:DescribeDBClusters ${RDS}:cluster:*`];
    for (const actions of [["rds:DescribeDBCluster*s"], ["rds:DescribeDBClusters", "rds:DescribeDBCluster*s"]])
      expect(on(actions)).toEqual(expect.arrayContaining(both));
    const all = on(["rds:DescribeDBClusters", "rds:DescribeDBCluster*s"]);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(["sqs:SendMessage", "s3:ListBucket", "apigateway:GET", "backup:ListTags"])(
    "I10: is refused where a type is required, or names no account: %s",
    (action) => {
      expect(() => on([action])).toThrow(Refusal);
    },
  );

  it("I10: is refused in an account of which no Region is known", () => {
    expect(refusalOf(aws(["rds:DescribeDBInstances"], ["*"]))).toContain("name the account's own");
  });

  it.each([
    ["db:*", ["db:"]],
    ["*", ["db:"]],
    ["db:app-*", []],
    ["db:*-app", []],
    ["db:app", []],
  ])("knows of which type an ARN names every resource: %s", (resource, heads) => {
    const [pair] = spread(aws(["rds:DescribeDBInstances"], [`${RDS}:${resource}`]));
    const listed = pair?.kind === "resource" ? (pair.listed ?? []) : undefined;
    expect(listed?.map(({ head }) => head)).toEqual(heads.map((head) => `${RDS}:${head}`));
    expect(pair).not.toHaveProperty("wantsAll");
  });
});
