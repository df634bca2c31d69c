import { describe, expect, it } from "vitest";
import { NEVER } from "../../../../functions/core/ceiling/ceiling-actions.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";
import { ACCOUNT, AT, against, allow, answerTo, deny, FENCE, PERMIT, PROVEN, textOf, when } from "./ask.ts";

const [INSTANCES, SUBNETS] = ["instance", "subnet"].map((type) => `arn:aws:ec2:us-east-1:${ACCOUNT}:${type}/*`) as [
  string,
  string,
];
const OUTLIVING = `@outlives("x") ${PERMIT}`;
const ON_TEAM = { StringEquals: { "aws:ResourceTag/team": "a" } };

describe("I2: actions of one statement are not alike", () => {
  it("where AWS gives IAM tags at one of them alone", () => {
    const forbid = when("forbid", 'resource.tags has team && resource.tags.team == "a"');
    const text = (...actions: readonly string[]) =>
      textOf(allow(actions, INSTANCES), deny(actions, INSTANCES, ON_TEAM));
    expect(answerTo(text("ec2:StartInstances"), [OUTLIVING, forbid])).toEqual(PROVEN);
    expect(answerTo(text("ec2:StartInstances", "ec2:RunInstances"), [OUTLIVING, forbid])).toMatchObject(
      against({ action: "ec2:RunInstances", told: "none" }),
    );
  });

  it("where AWS gives IAM tags of one resource alone: the other is not treated as if it had them", () => {
    const forbid = when(
      "forbid",
      `resource.arn like "${SUBNETS}" && resource.tags has team && resource.tags.team == "a"`,
    );
    const text = textOf(allow("ec2:RunInstances", [INSTANCES, SUBNETS]), deny("ec2:RunInstances", SUBNETS, ON_TEAM));
    expect(answerTo(text, [OUTLIVING, forbid])).toEqual(PROVEN);
  });

  it("I4: where one of them has no resource: after the fence too", () => {
    const Statement = [allow(["s3:ListAllMyBuckets", "s3:GetObject"], "arn:aws:s3:::acme/x")];
    const text = JSON.stringify({ Version: "2012-10-17", Statement });
    expect(answerTo(text, [PERMIT])).toMatchObject(
      against({ action: "s3:GetObject", objection: "after the fence", atSeconds: FENCE }),
    );
  });

  it("where a call of one names no resource, and a call of the other has none: AWS may evaluate a star for that alone", () => {
    const text = (...actions: readonly string[]) => textOf(allow(actions, "*"), deny("*", "arn:aws:s3:::**"));
    const ALL = '@outlives("x") permit (principal, action, resource);';
    const above = [[textOf(allow("*", "*"), deny("*", "arn:aws:s3:::*"))]];
    expect(answerTo(text("rds:DescribeDBInstances", "s3:ListAllMyBuckets"), [ALL], { above })).toMatchObject(
      against({ action: "s3:ListAllMyBuckets", objection: "beyond the task above" }),
    );
    expect(answerTo(text("rds:DescribeDBInstances"), [ALL], { above })).toEqual(PROVEN);
  });

  it("where a session reads a secret besides: it may do nothing else with it", () => {
    const secret = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:db-AbCdEf`;
    const given = { reads: [secret] };
    expect(answerTo(textOf(allow("secretsmanager:GetSecretValue", secret)), [], given)).toEqual(PROVEN);
    expect(answerTo(textOf(allow("secretsmanager:DeleteSecret", secret)), [], given)).toMatchObject(
      against({ action: "secretsmanager:DeleteSecret", objection: "no permit" }),
    );
  });

  it("where an exception's resource is not known: nothing is within it", () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/app`;
    const permit = '@outlives("x") permit (principal, action == Action::"iam:PassRole", resource is AWS::Resource);';
    const within = (resource: string) =>
      answerTo(textOf(allow("iam:PassRole", role)), [permit], {
        never: NEVER,
        exceptions: [{ action: "iam:PassRole", resources: [resource] }],
      });
    expect(within(role)).toEqual(PROVEN);
    for (const unknown of [`arn:aws:iam::${ACCOUNT}:role/$\{aws:x}`, "app"])
      expect(within(unknown)).toMatchObject(against({ objection: "no task may do it" }));
  });

  it("under another spelling of tags, whose account policies see all the same", () => {
    const permit = when("permit", `resource.account == "${ACCOUNT}" && resource.tags.team == "a"`);
    const Condition = { StringEquals: { "aws:ResourceAccount": ACCOUNT, "s3:ExistingObjectTag/team": "a" } };
    const text = textOf(allow("s3:GetObject", "arn:aws:s3:::acme/*", Condition));
    expect(answerTo(text, [permit])).toEqual(PROVEN);
    expect(answerTo(text, [permit], { spelling: "another" })).toMatchObject(against({ atSeconds: AT }));
  });
});

describe("I2: a Deny", () => {
  it("of all but every resource denies nothing, and one of every resource all", () => {
    const reading = (Resource: object) =>
      answerTo(textOf(allow("s3:GetObject", "arn:aws:s3:::acme/x"), { Effect: "Deny", Action: "*", ...Resource }), []);
    expect(reading({ NotResource: "*" })).toMatchObject(against({ objection: "no permit" }));
    expect(reading({ Resource: "*" })).toEqual(PROVEN);
    expect(reading({ NotResource: ["arn:aws:s3:::acme/x", "*"] })).toMatchObject(against({ objection: "no permit" }));
  });
});

describe("a proof that meets a mistake of the program", () => {
  it("is no answer", () => {
    const broken = {
      prefixes: catalogue.prefixes,
      service: () => {
        throw new RangeError("broken");
      },
    };
    expect(() => answerTo(textOf(allow("s3:GetObject", "*")), [], { catalogue: broken })).toThrow(RangeError);
  });
});
