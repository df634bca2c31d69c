import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import type { Question } from "../../../functions/core/proof/question.ts";
import { ACCOUNT, allow, deny, FENCED, QUESTION, statedOf } from "../../unit/core/proof/ask.ts";
import { validatorWith } from "./mutants.ts";

const NOWHERE = { file: "prove.ts", seed: 0 };
/**
 * Parts of a proof that are computed once for all alike, each with the change of source that computes each by itself.
 */
const EACH_BY_ITSELF = {
  "actions of one key": { ...NOWHERE, from: "this.#emptyActions.has(about.key)", to: "false" },
  "formulas behind two heads": { ...NOWHERE, from: "if (this.#empty.has(key))", to: "if (false)" },
};

const SECRET = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:db-AbCdEf`;
const [EC2, ROLES] = [`arn:aws:ec2:us-east-1:${ACCOUNT}`, `arn:aws:iam::${ACCOUNT}:role`];
/** Actions of which some have the same resources, and other tags, terms, or calls without a resource. */
const ACTIONS = [
  ...["s3:GetObject", "s3:PutObject", "s3:GetBucketLocation", "s3:ListAllMyBuckets"],
  ...["ec2:StartInstances", "ec2:RunInstances", "ec2:DescribeInstances", "ec2:CreateSnapshot"],
  ...["secretsmanager:GetSecretValue", "secretsmanager:DeleteSecret", "iam:PassRole", "iam:GetRole"],
  ...["kms:Decrypt", "kms:CreateGrant", "rds:DescribeDBInstances", "rds:StartDBInstance"],
];
const RESOURCES = [
  ...["arn:aws:s3:::acme/x", "arn:aws:s3:::acme/y", "arn:aws:s3:::acme/*", "arn:aws:s3:::acme"],
  ...[`${EC2}:instance/i-1`, `${EC2}:instance/*`, `${EC2}:subnet/*`, `${ROLES}/app`, `${ROLES}/b*`, SECRET, "*"],
  ...[`arn:aws:kms:us-east-1:${ACCOUNT}:key/k`, `arn:aws:rds:us-east-1:${ACCOUNT}:db:*`],
];
const some = <T>(of: readonly T[], most: number) => fc.subarray([...of], { minLength: 1, maxLength: most });
const condition = fc.constantFrom(
  ...[{}, {}, {}, { StringEquals: { "aws:ResourceTag/team": "a" } }, { Null: { "aws:ResourceTag/team": "false" } }],
  ...[{ StringNotEqualsIfExists: { "s3:ExistingObjectTag/team": "a" } }, { StringEquals: { "s3:prefix": "a" } }],
  { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
);
const allowing = fc.tuple(some(ACTIONS, 6), some(RESOURCES, 4), condition).map((all) => allow(...all));
const denying = fc
  .tuple(fc.oneof(some(ACTIONS, 4), fc.constantFrom(["*"], ["s3:*"], ["*:Get*"])), some(RESOURCES, 3), condition)
  .map((all) => deny(...all));
const textOf = (Statement: readonly unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const text = fc
  .tuple(fc.array(allowing, { minLength: 1, maxLength: 3 }), fc.array(denying, { maxLength: 2 }))
  .map((statements) => textOf([...statements.flat(), FENCED]));

const policy = fc
  .record({
    term: fc.constantFrom("", "", '@outlives("x") ', '@outlives("x") ', '@maxTtl("10m") '),
    action: fc.constantFrom(
      ...["action", "action", "action", 'action == Action::"s3:GetObject"', 'action in Action::"aws:Read"'],
    ),
    condition: fc.constantFrom(
      ...["true", "true", "true", 'resource has arn && resource.arn like "*x"', 'action != Action::"s3:PutObject"'],
      ...['resource has tags && resource.tags has team && resource.tags.team == "a"', "context.time.hour < 13"],
    ),
  })
  .map(({ term, action, condition }) => `${term}permit (principal, ${action}, resource) when { ${condition} };`);
const ALL = '@outlives("x") permit (principal, action, resource);';
const policies = fc
  .tuple(fc.array(policy, { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([permits, forbids]) => [
    ...(forbids ? [] : [ALL]),
    ...permits,
    ...(forbids ? [permits[0]?.replace(/.*permit/, "forbid") ?? ""] : []),
  ]);

const asking = fc.record({
  account: fc.constantFrom("*", ACCOUNT),
  actions: fc.oneof(fc.constant(["*"]), some(ACTIONS, 12)),
  resources: fc.constantFrom(["*"], ["*"], ["arn:aws:s3:::*"]),
});
const EXCEPTION = { action: "iam:PassRole", resources: [`${ROLES}/app`] };
const question = fc
  .record({
    text,
    above: fc.oneof(
      fc.constant([]),
      text.map((each) => [[each]]),
    ),
    asked: fc.array(asking, { minLength: 1, maxLength: 2 }),
    bounds: fc.oneof(
      fc.constant([]),
      asking.map((each) => [{ objection: "beyond the delegation" as const, requests: [each] }]),
    ),
    reads: fc.constantFrom([], [SECRET]),
    never: fc.constantFrom([], ["iam:*"], ["iam:PassRole"]),
    exceptions: fc.constantFrom([], [EXCEPTION]),
    policies: policies.map((all) => all.map(statedOf)),
  })
  .map((given): Question => ({ ...QUESTION, ...given }));

describe("I2: an answer computed once for all alike questions", () => {
  it.each(Object.entries(EACH_BY_ITSELF))(
    "equals the answer computed for each question by itself: %s",
    async (_what, mutant) => {
      const apart = await validatorWith(mutant);
      const [cache, cacheApart] = [emptyCache(), apart.emptyCache()];
      const seen: Record<string, number> = {};
      fc.assert(
        fc.property(question, (asked) => {
          const answer = prove(asked, () => 0, cache);
          seen[answer.verdict] = (seen[answer.verdict] ?? 0) + 1;
          expect(answer).toEqual(apart.prove(asked, () => 0, cacheApart));
        }),
        { numRuns: RUNS },
      );
      expect(seen.proven).toBeGreaterThan(RUNS / 100);
      expect(seen.counterexample).toBeGreaterThan(RUNS / 4);
    },
  );
});

const RUNS = 400;
