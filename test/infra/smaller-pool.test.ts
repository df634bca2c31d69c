import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { rightsOf } from "../../infra/rights.ts";
import { TargetStack } from "../../infra/target-stack.ts";
import { plainApp, resourcesOf } from "./deployed-stacks.ts";

const region = regionNamed("eu-central-1");
const scope = hubScopeOf({
  hub: { account: accountId("999900001111"), region },
  accounts: [
    { id: accountId("111122223333"), region, taskRoles: 1, formerTaskRoles: 3 },
    { id: accountId("444455556666"), region, taskRoles: 2, retired: true },
  ],
});
const resourcesOfAssume = (name: "exchange" | "probe" | "reconcile"): readonly string[] =>
  rightsOf(name, scope)
    .filter(({ Action }) => Action.includes("sts:AssumeRole"))
    .flatMap(({ Resource }) => Resource);
const rolesOf = (account: string) => `arn:aws:iam::${account}:role/valetkey-task-*`;

describe("rights, where a pool was made smaller and an account was retired", () => {
  it.each(["exchange", "probe"] as const)(
    "%s becomes the roles of the one account, and none of the retired account",
    (name) => {
      expect(resourcesOfAssume(name)).toEqual([rolesOf("111122223333")]);
    },
  );

  it("reconcile becomes the revoker of both", () => {
    expect(resourcesOfAssume("reconcile")).toEqual([
      "arn:aws:iam::111122223333:role/valetkey-revoker",
      "arn:aws:iam::444455556666:role/valetkey-revoker",
    ]);
  });

  it("the target retains the roles that its pool had, and its revoker may write to them", () => {
    const target = { id: "111122223333", region, taskRoles: 1, formerTaskRoles: 3 };
    const found = resourcesOf(
      new TargetStack(plainApp(), "target", {
        hub: { account: "999900001111", region: regionNamed("eu-central-1") },
        target,
      }),
      "AWS::IAM::Role",
    );
    const names = ["valetkey-task-0", "valetkey-task-1", "valetkey-task-2", "valetkey-revoker", "valetkey-forwarder"];
    expect(found.map(({ RoleName }) => RoleName).sort()).toEqual([...names].sort());
    const revoker = found.find(({ RoleName }) => RoleName === "valetkey-revoker");
    expect(JSON.stringify(revoker)).toContain(rolesOf("111122223333"));
  });
});
