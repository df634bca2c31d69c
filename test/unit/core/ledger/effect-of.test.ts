import { expect, test } from "vitest";
import { effectOf } from "../../../../functions/core/ledger/effect-of.ts";
import { CATALOGUE } from "../../../fakes/world/world.ts";

test.each([
  ["s3:PutObject", "change"],
  ["s3:putobject", "change"],
  ["s3:PutObjectTagging", "change"],
  ["iam:PutRolePolicy", "change"],
  ["s3:GetObject", "read"],
  ["s3:ListBucket", "read"],
  ["secretsmanager:GetSecretValue", "read"],
  ["s3:Get*", "read"],
  ["s3:*Object", "change"],
  ["S3:*", "change"],
  ["s3:NoSuch*", "unknown"],
  ["s3:NoSuchThing", "unknown"],
  ["nosuch:Thing", "unknown"],
  ["s3.amazonaws.com:PutObject", "unknown"],
  ["other", "unknown"],
  ["", "unknown"],
  [":", "unknown"],
])("The effect of %j is %s", (action, effect) => {
  expect(effectOf(action, CATALOGUE)).toBe(effect);
});
