import { describe, expect, it } from "vitest";
import type { Catalogue } from "../../../../functions/core/catalogue/catalogue.ts";
import { doubtOf } from "../../../../functions/core/proof/iam-pattern.ts";
import { readText, Unreadable } from "../../../../functions/core/proof/iam-text.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, against, allow, answerTo, deny, FENCED, PERMIT, PROVEN, textOf, when } from "./ask.ts";

const PERMIT_ACCOUNT = "permit (principal, action, resource is AWS::Account);";
const OWN = { StringEquals: { "aws:ResourceAccount": ACCOUNT } };

/** The fence, with a further condition. */
const fencedWith = (statement: object, condition: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [statement, { ...FENCED, Condition: { ...FENCED.Condition, ...condition } }],
  });

describe("I4: a fence that reads a key which IAM may not have", () => {
  const describe = allow("ec2:DescribeInstances", "*");

  it.each([
    ["aws:ResourceAccount", OWN],
    ["aws:ResourceAccount, as a pattern", { StringLike: { "aws:ResourceAccount": "*" } }],
    ["aws:RequestedRegion", { StringEquals: { "aws:RequestedRegion": "us-east-1" } }],
    ["whether a service calls", { Bool: { "aws:ViaAWSService": ["false", "true"] } }],
    ["a Boolean in capitals", { Bool: { "aws:ViaAWSService": ["False", "True"] } }],
  ])("%s: the fence may not hold", (_key, condition) => {
    const answer = answerTo(fencedWith(describe, condition), [PERMIT_ACCOUNT]);
    expect(answer).toMatchObject(against({ objection: "after the fence" }));
  });

  it.each([
    ["with IfExists", { StringEqualsIfExists: { "aws:ResourceAccount": ACCOUNT } }],
    ["a negation that the account meets", { StringNotEquals: { "aws:ResourceAccount": "999999999999" } }],
    ["a Boolean with IfExists", { BoolIfExists: { "aws:ViaAWSService": ["false", "true"] } }],
  ])("%s: the fence holds", (_key, condition) => {
    expect(answerTo(fencedWith(describe, condition), [PERMIT_ACCOUNT])).toEqual(PROVEN);
  });

  it("the counterexample says that IAM lacks the key", () => {
    expect(answerTo(fencedWith(describe, OWN), [PERMIT_ACCOUNT])).toMatchObject(
      against({ conditions: { "that IAM is told aws:ResourceAccount": false } }),
    );
  });

  it("an Allow that demands the key is within one that demands it too, and in no other account", () => {
    const get = allow("s3:GetObject", "arn:aws:s3:::acme/*", OWN);
    const permit = when("permit", `resource.account == "${ACCOUNT}"`);
    expect(answerTo(textOf(get), [permit], { above: [[textOf(get)]] })).toEqual(PROVEN);
    expect(answerTo(textOf(allow("s3:GetObject", "arn:aws:s3:::acme/*")), [permit])).toMatchObject(against({}));
  });
});

describe("I2: an action without a vendor", () => {
  it.each(["s3?GetObject", "s3", "*GetObject", "s?:GetObject", "*:*", "s3:Get:Object", ":GetObject", "s3:"])(
    "%s is not read",
    (action) => {
      const text = textOf(allow("s3:GetObject", "arn:aws:s3:::acme/*"), deny(action, "*"));
      expect(() => readText(text)).toThrow(Unreadable);
      expect(answerTo(text, [PERMIT])).toEqual({ verdict: "unknown", why: "text" });
    },
  );
});

describe("I3: a wildcard at the begin of an ARN without a type", () => {
  const api = (id: string): string => `arn:aws:execute-api:us-east-1:${ACCOUNT}:${id}/prod/GET/*`;

  it("is a name's: a child may call one of the APIs of its parent", () => {
    const invoke = (id: string) => textOf(allow("execute-api:Invoke", api(id)));
    expect(answerTo(invoke("abc1"), [PERMIT], { above: [[invoke("abc*")]] })).toEqual(PROVEN);
    expect(answerTo(invoke("abd1"), [PERMIT], { above: [[invoke("abc*")]] })).toMatchObject(
      against({ objection: "beyond the task above" }),
    );
  });

  it("is in doubt exactly for the services that have types", () => {
    const doubtless = catalogue.prefixes.filter((prefix) => {
      return doubtOf(`arn:aws:${prefix}:us-east-1:${ACCOUNT}:a*b/c`) === undefined;
    });
    expect(doubtless).toEqual(withoutTypes(catalogue));
  });
});

/** Services of which each ARN, in an account, begins with a name or a slash. `wafv2`'s begin with one of two words. */
function withoutTypes(all: Catalogue): readonly string[] {
  const forms = new Map<string, string[]>();
  for (const prefix of all.prefixes) {
    const service = all.service(prefix);
    for (const name of service?.names ?? []) {
      for (const { arns } of service?.action(name)?.resourceTypes ?? []) {
        for (const arn of arns) {
          const [, , owner = "", , account, resource = ""] = arn.split(":");
          if (account !== "") forms.set(owner, [...(forms.get(owner) ?? []), resource]);
        }
      }
    }
  }
  const OTHERS = ["aws-marketplace", "wafv2", "ssm-sap"];
  return [...forms]
    .filter(([owner, resources]) => !OTHERS.includes(owner) && resources.every((each) => /^[$/]/.test(each)))
    .filter(([, resources]) => resources.some((each) => each.startsWith("$")))
    .map(([owner]) => owner)
    .filter((owner) => all.prefixes.includes(owner))
    .sort();
}
