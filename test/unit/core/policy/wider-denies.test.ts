import { describe, expect, it } from "vitest";
import type { Rule } from "../../../../functions/core/policy/merge-statements.ts";
import { widerDenies } from "../../../../functions/core/policy/wider-denies.ts";

const [GET, PUT] = ["s3:GetObject", "s3:PutObject"];
const PROD = { StringEquals: { "aws:ResourceTag/stage": "prod" } };
const [TABLES, QUEUES] = ["arn:aws:dynamodb:us-east-1:111122223333:table/", "arn:aws:sqs:us-east-1:111122223333:"];
/** The same in any region and account. */
const [ANY_TABLES, ANY_QUEUES] = ["arn:aws:dynamodb:*:*:table/", "arn:aws:sqs:*:*:"];
const on = (action: string, resource: string, condition: Rule["condition"] = {}): Rule => ({
  action,
  resource: resource.startsWith("arn:") || resource === "*" ? resource : `arn:aws:s3:::${resource}`,
  condition,
});

describe("a Deny is written wider where that denies nothing that is allowed", () => {
  it.each<readonly [string, readonly Rule[], readonly Rule[], readonly Rule[]]>([
    ["every action, behind the bucket's ARN", [on(GET, "acme/*")], [on(GET, "acme/*pii*")], [on("*", "*pii*")]],
    [
      "one pattern for what two targets have of one forbid",
      [on(GET, "acme/a/*"), on(GET, "other/b/*")],
      [on(GET, "acme/a/*pii*"), on(GET, "other/b/*pii*")],
      [on("*", "*pii*")],
    ],
    [
      "behind the type of the resource, in which IAM takes no wildcard",
      [on("dynamodb:GetItem", `${TABLES}a-*`)],
      [on("dynamodb:GetItem", `${TABLES}a-*pii*`)],
      [on("*", `${ANY_TABLES}*pii*`)],
    ],
    [
      "behind the fifth colon where resources have no type",
      [on("sqs:SendMessage", `${QUEUES}a-*`)],
      [on("sqs:SendMessage", `${QUEUES}a-*pii*`)],
      [on("*", `${ANY_QUEUES}*pii*`)],
    ],
    [
      "everywhere, where all that is allowed is denied under the condition",
      [on("sqs:SendMessage", `${QUEUES}a`), on(GET, "acme/*")],
      [on("sqs:SendMessage", `${QUEUES}a`, PROD)],
      [on("sqs:*", "*", PROD)],
    ],
    [
      "not over a resource that is allowed: only as far as all begin alike",
      [on(GET, "acme/a/*"), on(GET, "acme/b/*"), on(GET, "open/*")],
      [on(GET, "acme/a/*pii*"), on(GET, "acme/b/*pii*")],
      [on("*", "acme/*pii*")],
    ],
    [
      "not over one that is allowed between them",
      [on(GET, "acme/a/*"), on(GET, "acme/b/*"), on(GET, "acme/c/*"), on(GET, "acme/d")],
      [on(GET, "acme/a/*"), on(GET, "acme/b/*x")],
      [on("*", "acme/a/*"), on("*", "acme/b/*x")],
    ],
    [
      "neighbours are joined behind one that cannot be",
      [on(GET, "a/*"), ...["b1/*", "c/1/*", "c/2/3/*", "c/2/4/*"].map((key) => on(GET, key)), on(GET, "d/*")],
      ["c/2/4/*x", "b1/*x", "c/1/*x", "c/2/3/*x"].map((key) => on(GET, key)),
      [on("*", "b1/*x"), on("*", "c/*x")],
    ],
    [
      "for all actions that begin alike, where others of the service may do it",
      [GET, "s3:GetObjectAcl", PUT].map((action) => on(action, "acme/*")),
      ["s3:GetObjectAcl", GET].map((action) => on(action, "acme/*pii*")),
      [on("s3:GetObject*", "*pii*")],
    ],
    [
      "not for one that begins like them and may do it",
      [GET, "s3:GetObjectAcl", "s3:GetObjectTagging", PUT].map((action) => on(action, "acme/*")),
      [GET, "s3:GetObjectAcl"].map((action) => on(action, "acme/*pii*")),
      [GET, "s3:GetObjectAcl"].map((action) => on(action, "*pii*")),
    ],
    [
      "not in another region, where it is allowed",
      [on("dynamodb:GetItem", `${TABLES}*`), on("dynamodb:GetItem", `${TABLES.replace("us-east-1", "eu-west-1")}*`)],
      [on("dynamodb:GetItem", `${TABLES}a-*pii*`), on("dynamodb:GetItem", `${TABLES}b-*pii*`)],
      ["a-", "b-"].map((name) => on("*", `${TABLES}${name}*pii*`)),
    ],
    [
      "for each action once, where another may do it",
      [on(GET, "a/*"), on(GET, "b/*"), on(PUT, "a/*")],
      [on(GET, "a/*pii*"), on(GET, "b/*pii*")],
      [on(GET, "*pii*")],
    ],
    [
      "not for an action that may do it",
      [on(GET, "acme/*"), on(PUT, "acme/*")],
      [on(GET, "acme/*pii*")],
      [on(GET, "*pii*")],
    ],
    [
      "for all actions of the service, where one of another may do it",
      [on("dynamodb:GetItem", `${TABLES}*`), on("dax:GetItem", `${TABLES}*`)],
      [on("dynamodb:GetItem", `${TABLES}*pii*`)],
      [on("dynamodb:*", `${ANY_TABLES}*pii*`)],
    ],
    [
      "not for two services at once, where a third may do it",
      [on("dynamodb:GetItem", `${TABLES}*`), on("dax:GetItem", `${TABLES}*`), on("x:Get", `${TABLES}*`)],
      ["dynamodb:GetItem", "dax:GetItem"].map((action) => on(action, `${TABLES}*pii*`)),
      ["dynamodb:GetItem", "dax:GetItem"].map((action) => on(action, `${ANY_TABLES}*pii*`)),
    ],
    [
      "not where a stronger condition alone denies it",
      [on(GET, "acme/*"), on(PUT, "acme/*")],
      [on(GET, "acme/*pii*"), on(PUT, "acme/*pii*", PROD)],
      [on(GET, "*pii*"), on("*", "*pii*", PROD)],
    ],
    [
      "an action without a resource is called on none of these",
      [on(GET, "acme/*"), on("s3:ListAllMyBuckets", "*")],
      [on(GET, "acme/*pii*")],
      [on("*", "*pii*")],
    ],
    [
      "but on all: its tags are none",
      [on(GET, "acme/*"), on("s3:ListAllMyBuckets", "*")],
      [on(GET, "acme/*", PROD)],
      [on(GET, "*", PROD)],
    ],
    [
      "what of the target could not be in it does not count",
      [on(GET, "acme/*/totals.csv"), on(PUT, "acme/*.txt")],
      [on(GET, "acme/*pii*.csv")],
      [on("*", "*pii*.csv")],
    ],
    [
      "a literal wildcard is not taken apart",
      [on(GET, "a/*"), on(GET, "b/*")],
      [on(GET, "a/${*}/*"), on(GET, "a/${?}/*"), on(GET, "b/${*}/*")],
      [on("*", "a/${*}/*"), on("*", "a/${?}/*"), on("*", "b/${*}/*")],
    ],
    [
      "each resource has its own actions, where the other one's may be done to it",
      ["a/*", "b/*"].flatMap((key) => [on(GET, key), on(PUT, key)]),
      [on(GET, "a/*x"), on(PUT, "b/*y")],
      [on(GET, "a/*x"), on(PUT, "b/*y")],
    ],
    [
      "a gap that is written like a literal wildcard is not one with it",
      [on(GET, "a/1"), on(GET, "b/*")],
      [on(GET, "a/${*}/*"), on(GET, "b/*}/*")],
      [on("*", "a/${*}/*"), on("*", "b/*}/*")],
    ],
    [
      "not for two services that share no letter, where a third may do it",
      [on("dynamodb:GetItem", `${TABLES}*`), on("x:Get", `${TABLES}*`), on("sqs:Get", `${TABLES}*`)],
      ["dynamodb:GetItem", "x:Get"].map((action) => on(action, `${TABLES}*pii*`)),
      ["dynamodb:GetItem", "x:Get"].map((action) => on(action, `${ANY_TABLES}*pii*`)),
    ],
    [
      "a Deny that is not read denies no action without a resource",
      [on("s3:ListAllMyBuckets", "*")],
      [on("s3:ListAllMyBuckets", "${aws:x}")],
      [on("*", "${aws:x}")],
    ],
    ["what is not read here stays as it is", [on(GET, "${aws:x}/*")], [on(GET, "a/*pii*")], [on("*", "a/*pii*")]],
    ["nor is a Deny", [on(GET, "a/*")], [on(GET, "${aws:x}/*pii*")], [on("*", "${aws:x}/*pii*")]],
    ["nothing is nothing", [on(GET, "acme/*")], [], []],
  ])("%s", (_, allowed, denied, expected) => {
    for (const [one, other] of [
      [denied, allowed],
      [denied.toReversed(), allowed.toReversed()],
    ] as const)
      expect(widerDenies(one, other).toSorted(byText)).toEqual(expected.toSorted(byText));
  });
});

const byText = (a: Rule, b: Rule): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
