import { describe, expect, it } from "vitest";
import type { ActionName } from "../../../../functions/core/catalogue/action-name.ts";
import { compileTemplates } from "../../../../functions/core/catalogue/arn-template.ts";
import type { CatalogueAction } from "../../../../functions/core/catalogue/catalogue-action.ts";
import { tagSourcesOf } from "../../../../functions/core/proof/tag-sources.ts";
import { actionOf } from "../catalogue/load-catalogue.ts";

describe("the tags of a resource that AWS gives IAM", () => {
  it.each([
    ["ec2:StartInstances", "arn:aws:ec2:us-east-1:111122223333:instance/*", ["aws:ResourceTag"]],
    // Objects have tags of their own, under a key of their own.
    ["s3:GetObject", "arn:aws:s3:::k/a", ["s3:ExistingObjectTag"]],
    // IAM gets no tags of a bucket without ABAC.
    ["s3:ListBucket", "arn:aws:s3:::k", ["aws:ResourceTag", "none"]],
    ["s3:ListAllMyBuckets", "*", ["none"]],
    ["ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:instance/*", ["none"]],
    ["ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:subnet/s", ["aws:ResourceTag"]],
    ["ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:sub?et/s", ["aws:ResourceTag"]],
    ["ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:${*}", ["aws:ResourceTag", "none"]],
  ])("%s on %s: %j", (action, pattern, keys) => {
    expect([...tagSourcesOf(actionOf(action), pattern)].sort()).toEqual(keys);
  });

  it.each([
    undefined,
    "*",
    "arn:aws:ec2:*:111122223333:subnet/s",
    "arn:aws:ec2:us-east-1:111122223333",
    "arn:aws:ec2:us-east-1:111122223333:nothing/s",
    "arn:aws:ec2:us-east-1:${aws:x}:subnet/s",
  ])("come in each way of the action's types where %s does not name one", (pattern) => {
    expect([...tagSourcesOf(actionOf("ec2:RunInstances"), pattern)].sort()).toEqual(["aws:ResourceTag", "none"]);
  });

  it("come as for each type of which a variable may make a name", () => {
    const flow = (name: string) => `arn:aws:bedrock:us-east-1:111122223333:flow/${name}`;
    const on = (name: string) => [...tagSourcesOf(actionOf("bedrock:StopFlowExecution"), flow(name))].sort();
    expect(on("a")).toEqual(["aws:ResourceTag"]);
    expect(on("${saml:flow}")).toEqual(["aws:ResourceTag", "none"]);
  });

  describe("by the types that a pattern may name", () => {
    const templates = compileTemplates(
      { one: "arn:${P}:x:${R}:${A}:one/${N} arn:${P}:x:${R}:${A}:uno:${N}", two: "arn:${P}:x:${R}:${A}:two/${N}" },
      "",
    );
    const type = (name: string) => ({ name, required: true, arns: [], templates: templates.get(name) ?? [] });
    const action: CatalogueAction = {
      name: "x:Do" as ActionName,
      service: "x",
      levels: ["Read"],
      mints: false,
      resourceTypes: [{ ...type("one"), tagKey: { prefix: "aws:ResourceTag", isCertain: true } }, type("two")],
    };

    it.each([
      ["one/a", ["aws:ResourceTag"]],
      ["uno:a", ["aws:ResourceTag"]],
      ["uno?a", ["aws:ResourceTag"]],
      ["two/a", ["none"]],
      ["t?o/${aws:x}", ["none"]],
      ["${aws:x}o/a", ["aws:ResourceTag", "none"]],
      ["o${aws:x}", ["aws:ResourceTag"]],
      ["*", ["aws:ResourceTag", "none"]],
      ["three/a", ["aws:ResourceTag", "none"]],
    ])("%s: %j", (resource, keys) => {
      expect(tagSourcesOf(action, `arn:aws:x:us-east-1:111122223333:${resource}`)).toEqual(keys);
    });
  });
});
