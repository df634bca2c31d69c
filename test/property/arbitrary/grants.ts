import fc from "fast-check";
import type { Rule } from "../../../functions/core/policy/merge-statements.ts";
import type { PlainCall } from "../plain-evaluator.ts";
import { ACCOUNT } from "./arns.ts";

const S3 = "arn:aws:s3:::";
const TABLES = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/` as const;
const TEAM = "aws:ResourceTag/team";
const ACTIONS = {
  [S3]: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
  [TABLES]: ["dynamodb:GetItem", "dynamodb:PutItem"],
};

const start = fc.constantFrom(S3, S3, TABLES);
/** Resource part of the ARN, after the head. Objects have a bucket before their first slash. */
const name = (at: string, texts: readonly string[]) =>
  fc.constantFrom(...texts).map((text) => `${at}${at === S3 ? "acme/" : ""}${text}`);
const condition = fc.constantFrom<Rule["condition"]>(
  ...[{}, {}, { StringEquals: { [TEAM]: "data" } }, { StringLike: { [TEAM]: ["da*", "ops"] } }],
);
const allowed = start.chain((at) =>
  fc.record({
    action: fc.constantFrom(...(ACTIONS[at] ?? [])),
    resource: name(at, ["*", "a/*", "b/*", "a/b/*", "a/*/x", "a/pii", "b"]),
    condition,
  }),
);
const onAccount: fc.Arbitrary<Rule> = fc.record({
  action: fc.constant("s3:ListAllMyBuckets"),
  resource: fc.constant("*"),
  condition: fc.constant({}),
});
const denied = start.chain((at) =>
  fc.record({
    action: fc.constantFrom(...(ACTIONS[at] ?? [])),
    resource: name(at, ["*", "*pii*", "a/*pii*", "b/*pii*", "a/b/*pii*", "a/*${*}*", "b/*${*}*", "a/pii", "b/*"]),
    condition: fc.constantFrom<Rule["condition"]>(
      ...[{}, {}, {}, { StringEqualsIfExists: { [TEAM]: "ops" } }, { StringNotEquals: { [TEAM]: ["data", "ops"] } }],
    ),
  }),
);
/**
 * One forbid over several actions and targets, as the decision produces it. Mostly such groups, so that something can
 * be widened.
 */
const alike = fc
  .tuple(fc.subarray(ACTIONS[S3], { minLength: 1 }), fc.subarray(["", "a/", "b/", "a/b/"], { minLength: 1 }))
  .map(([actions, heads]) =>
    actions.flatMap((action) =>
      heads.map((head): Rule => ({ action, resource: `${S3}acme/${head}*pii*`, condition: {} })),
    ),
  );
/** Allowed pairs of a session, and pairs denied to it. */
export const arbitraryGrants = fc.record({
  allowed: fc
    .tuple(fc.array(allowed, { minLength: 1, maxLength: 8 }), fc.array(onAccount, { maxLength: 1 }))
    .map(([some, one]) => [...some, ...one]),
  denied: fc.tuple(fc.array(denied, { maxLength: 5 }), fc.array(alike, { maxLength: 2 })).map((all) => all.flat(2)),
});

const KEYS = ["a/pii", "b/pii", "a/x", "b/x", "a/b/pii", "a/b/x", "a/b/y/x", "pii", "b", "c/pii", "a/*", "b/*y", "a/c"];
const CALLS: readonly PlainCall[] = Object.entries(ACTIONS).flatMap(([at, actions]) =>
  [...actions, "s3:GetObjectAcl"].flatMap((action) =>
    [undefined, "data", "ops", "dab", "x"].flatMap((team) =>
      KEYS.map((key) => ({
        action,
        resource: `${at}${at === S3 ? "acme/" : ""}${key}`,
        context: team === undefined ? {} : { [TEAM]: team },
      })),
    ),
  ),
);
/**
 * Calls of all actions on resources in and near the patterns. Each with every value of the tag, and without the tag.
 */
export const CALLS_OF_GRANTS: readonly PlainCall[] = [
  ...CALLS,
  { action: "s3:ListAllMyBuckets", resource: "*", context: {} },
];
