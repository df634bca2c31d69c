import { describe, expect, it } from "vitest";
import { tagKeyOf, UNCERTAIN_TAGS, WITHOUT_TAGS } from "../../../../functions/core/iam-facts/tags.ts";
import { mayLackTags } from "../../../../functions/core/proof/aws/tags.ts";
import { catalogue, everyAction } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, against, allow, answerTo, deny, PERMIT, PROVEN, textOf, when } from "../proof/ask.ts";
import { decided, verdictOn } from "./decided.ts";

const PROD = when("forbid", 'resource.tags has env && resource.tags.env == "prod"');
const IF_EXISTS = { StringEqualsIfExists: { "aws:ResourceTag/env": "prod" } };
const PLAIN = { StringEquals: { "aws:ResourceTag/env": "prod" } };

/** Actions whose tags AWS may not send: by the account's setting, or since the service supports ABAC in part. */
const UNCERTAIN = [
  ["dynamodb:GetItem", `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/*`],
  ["dynamodb:GetRecords", `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders/stream/*`],
  ["logs:PutLogEvents", `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:*`],
  ["elasticfilesystem:ClientMount", `arn:aws:elasticfilesystem:us-east-1:${ACCOUNT}:file-system/*`],
] as const;

describe("I2: a forbid by a tag that AWS may not send", () => {
  it.each(UNCERTAIN)("%s on %s is denied without the tag too", (action, target) => {
    const byTag = decided(action, target, PROD).filter(({ conditions }) => Object.keys(conditions).length > 0);
    expect(byTag.length).toBeGreaterThan(0);
    for (const { conditions } of byTag)
      expect(conditions).toEqual({ StringEqualsIfExists: { "aws:ResourceTag/env": ["prod"] } });
    expect(answerTo(textOf(allow(action, target), deny(action, target, PLAIN)), [PERMIT, PROD])).toMatchObject(
      against({ objection: { forbid: "p1" } }),
    );
    expect(answerTo(textOf(allow(action, target), deny(action, target, IF_EXISTS)), [PERMIT, PROD])).toEqual(PROVEN);
  });

  it("is a plain Deny where IAM always has the tags, so that resources without the tag stay allowed", () => {
    const [action, target] = ["ec2:StartInstances", `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`];
    expect(decided(action, target, PROD)).toEqual([
      { resources: [target], conditions: { StringEquals: { "aws:ResourceTag/env": ["prod"] } } },
    ]);
    expect(answerTo(textOf(allow(action, target), deny(action, target, PLAIN)), [PERMIT, PROD])).toEqual(PROVEN);
  });

  it("refuses iam:PassRole, of which AWS calls the results unreliable, and grants none of it by tags", () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/deploy`;
    const outlives = '@outlives permit (principal, action == Action::"iam:PassRole", resource);';
    expect(verdictOn("iam:PassRole", role, outlives, PROD)).toMatchObject({ denied: { denial: { policy: "p2" } } });
    expect(verdictOn("iam:PassRole", role, outlives)).toHaveProperty("permitted");
    const text = textOf(allow("iam:PassRole", role), deny("iam:PassRole", role, PLAIN));
    expect(answerTo(text, [outlives, PROD])).toMatchObject(against({ objection: { forbid: "p1" } }));
  });
});

describe("the table of tags", () => {
  it("names services and types of the catalogue", () => {
    for (const { service, but = [] } of UNCERTAIN_TAGS) {
      const types = new Set(
        everyAction()
          .filter((action) => action.service === service)
          .flatMap(({ resourceTypes }) => resourceTypes.map(({ name }) => name)),
      );
      expect(catalogue.prefixes).toContain(service);
      expect(but.filter((type) => !types.has(type))).toEqual([]);
    }
    expect(WITHOUT_TAGS.map(({ action }) => action)).toEqual(["iam:PassRole"]);
  });

  it("is read by the proof in its own way, which takes no tag for uncertain that the compiler takes for certain", () => {
    const differing: string[] = [];
    for (const action of everyAction()) {
      for (const type of action.resourceTypes) {
        if (type.tagKey === undefined) continue;
        const isCertain = tagKeyOf(action, type)?.isCertain === true;
        const byProof = type.tagKey.isCertain && !mayLackTags(action, type.name);
        if (isCertain !== byProof) differing.push(`${action.name} ${type.name}`);
      }
    }
    process.stdout.write(`tags read in two ways: ${differing.join(", ") || "none"}\n`);
    expect(differing).toEqual([]);
  });

  it.each([
    ["s3:GetObject", "bucket", true],
    ["s3:GetObject", "object", false],
    ["xray:GetGroup", "group", false],
    ["xray:GetSamplingRules", "sampling-rule", false],
    ["xray:GetTraceSummaries", "trace", true],
    ["lambda:InvokeFunction", "function", false],
    ["lambda:GetLayerVersion", "layerVersion", true],
    ["ec2:StartInstances", "instance", false],
  ] as const)("has the proof's own answer for %s on a %s: %s", (name, type, may) => {
    const service = name.slice(0, name.indexOf(":"));
    expect(mayLackTags({ name: name as never, service }, type)).toBe(may);
  });
});
