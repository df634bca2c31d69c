import { describe, expect, it } from "vitest";
import type { ActionName } from "../../../../functions/core/catalogue/action-name.ts";
import type { CatalogueAction } from "../../../../functions/core/catalogue/catalogue-action.ts";
import { readText } from "../../../../functions/core/proof/iam-text.ts";
import { iamVariants } from "../../../../functions/core/proof/iam-variants.ts";
import { intentStatements } from "../../../../functions/core/proof/read-question.ts";
import { actionOf, catalogue } from "../catalogue/load-catalogue.ts";
import { allow, deny } from "./ask.ts";

const [NEEDS, OPTIONAL, NONE] = ["sqs:SendMessage", "cloudwatch:GetMetricData", "s3:ListAllMyBuckets"].map(actionOf);
const TYPE = { name: "t", arns: [], templates: [] };
const SOME: CatalogueAction = {
  ...(OPTIONAL as CatalogueAction),
  name: "x:Some" as ActionName,
  resourceTypes: [true, false].map((required) => ({ ...TYPE, required })),
};
const read = (...statements: readonly object[]) =>
  readText(JSON.stringify({ Version: "2012-10-17", Statement: statements }));

describe("the actions that IAM evaluates", () => {
  const actionsOn = (text: Parameters<typeof iamVariants>[1]) =>
    [...iamVariants([NEEDS, OPTIONAL, NONE, SOME] as CatalogueAction[], text)].map(
      ({ name, resourceTypes }) => `${name} ${resourceTypes.length > 0}`,
    );
  const once = ["sqs:SendMessage true", "cloudwatch:GetMetricData true", "s3:ListAllMyBuckets false", "x:Some true"];
  const onNone = once.toSpliced(2, 0, "cloudwatch:GetMetricData false");

  it.each<[string, readonly object[]]>([
    ["an Allow of any resource", [allow("*", ["arn:aws:s3:::a", "*"])]],
    ["an Allow of all but some", [{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::a" }]],
    ["one Allow of any resource among others", [allow("*", "arn:aws:s3:::a"), allow("*", "*")]],
  ])("are on no resource too where all of an action's types are optional, and the text has %s", (_, text) => {
    expect(actionsOn(read(...text))).toEqual(onNone);
  });

  it.each<[string, readonly object[]]>([
    ["names ARNs alone", [allow("*", "arn:aws:s3:::*")]],
    ["has a Deny alone of any resource", [allow("*", "arn:aws:s3:::*"), deny("*", "*")]],
    ["has a Deny of all but some", [{ Effect: "Deny", Action: "*", NotResource: "arn:aws:s3:::a" }]],
  ])("are on resources where the text %s", (_, text) => {
    expect(actionsOn(read(...text))).toEqual(once);
  });
});

describe("a part of the intent", () => {
  it("is read as an Allow of it would be, in its account", () => {
    const conditions = { StringLike: { "s3:prefix": ["a*"] } };
    const detail = { account: "111122223333", actions: ["s3:Get*"], resources: ["arn:aws:s3:::a"] };
    const Condition = { StringLike: { "the resource's account": "111122223333", "s3:prefix": ["a*"] } };
    const [meant] = read(allow(detail.actions, detail.resources, Condition));
    const [statement, ...others] = intentStatements({ ...detail, conditions }, catalogue);
    const appliesTo = statement?.appliesTo ?? (() => false);
    expect([statement, others]).toEqual([{ ...meant, appliesTo }, []]);
    expect(["s3:GetObject", "s3:PutObject"].map(appliesTo)).toEqual([true, false]);
    expect(intentStatements(detail, catalogue)[0]?.conditions).toHaveLength(1);
  });
});
