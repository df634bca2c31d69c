import { describe, expect, it } from "vitest";
import { ALTERNATIVES } from "../../../../functions/core/catalogue/alternatives.ts";
import { uncovered } from "../../../../functions/core/catalogue/uncovered.ts";
import { actionOf, arnOf, catalogue } from "./load-catalogue.ts";

const HERE = "eu-west-1:111122223333";
const MACHINES = ["instance/*", "network-interface/*", "security-group/sg-1", "subnet/subnet-1"].map(
  (part) => `arn:aws:ec2:${HERE}:${part}`,
);

describe("the resources that an action needs and no ARN covers", () => {
  it.each([
    ["an action without resource types needs nothing", "ec2:DescribeInstances", [], []],
    ["of optional types one is enough", "s3:GetObject", ["arn:aws:s3:::acme/*"], []],
    ["of optional types one is needed", "s3:GetObject", ["arn:aws:s3:::acme"], ["accesspointobject or object"]],
    ["a required type is needed", "dynamodb:GetItem", [], ["table"]],
    [
      "an optional type beneath the required one replaces it",
      "dynamodb:Query",
      [`arn:aws:dynamodb:${HERE}:table/a/index/b`],
      [],
    ],
    ["required types are needed each", "ec2:RunInstances", MACHINES, ["image"]],
    [
      "required types are covered by several ARNs",
      "ec2:RunInstances",
      [...MACHINES, "arn:aws:ec2:eu-west-1::image/ami-1"],
      [],
    ],
    [
      "an optional type elsewhere replaces nothing",
      "ec2:StartInstances",
      [`arn:aws:license-manager:${HERE}:license-configuration:a`],
      ["instance"],
    ],
    [
      "a required type beneath another replaces nothing",
      "appconfig:GetEnvironment",
      [`arn:aws:appconfig:${HERE}:application/a/environment/b`],
      ["application"],
    ],
    ["of alternatives one is enough", "bedrock:InvokeModel", ["arn:aws:bedrock:eu-west-1::foundation-model/m"], []],
    [
      "of alternatives one is needed beside the rest",
      "ram:AssociateResourceSharePermission",
      [],
      ["customer-managed-permission or permission", "resource-share"],
    ],
    ["tags need one resource of any kind", "dynamodb:TagResource", [`arn:aws:dynamodb:${HERE}:table/a`], []],
    [
      "resource policies need one resource of any kind",
      "dynamodb:GetResourcePolicy",
      [`arn:aws:dynamodb:${HERE}:table/a/stream/b`],
      [],
    ],
    [
      "tags need some resource",
      "athena:ListTagsForResource",
      [],
      ["capacity-reservation or datacatalog or session or workgroup"],
    ],
  ])("%s: %s", (_, action, arns, expected) => {
    expect(uncovered(actionOf(action), arns.map(arnOf))).toEqual(expected);
  });

  it("knows alternatives of real resource types only", () => {
    for (const [service, families] of Object.entries(ALTERNATIVES)) {
      const names = catalogue.service(service)?.names ?? [];
      const real = new Set(
        names.flatMap((name) => actionOf(`${service}:${name}`).resourceTypes.map((type) => type.name)),
      );
      expect(families.flat().filter((name) => !real.has(name))).toEqual([]);
    }
  });
});
