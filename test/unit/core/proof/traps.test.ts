import { describe, expect, it } from "vitest";
import { FURTHER } from "../../../../functions/core/proof/budget.ts";
import { ACCOUNT, AT, against, allow, answerTo, deny, FENCE, PERMIT, PROVEN, textOf, when } from "./ask.ts";

const OBJECTS = "arn:aws:s3:::acme/*";
const INSTANCES = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
const TAG = "aws:ResourceTag";
const read = (Condition = {}) => allow("s3:GetObject", OBJECTS, Condition);
const start = (Condition = {}) => allow("ec2:StartInstances", INSTANCES, Condition);

describe("I2: the proof of a session policy", () => {
  it("1: knows each way in which the globs of a tag answer together", () => {
    const both = 'resource.tags.team like "d*" && resource.tags.team like "*a"';
    const text = textOf(start({ StringLike: { [`${TAG}/team`]: "d*" } }));
    expect(answerTo(text, [when("permit", both)])).toMatchObject(
      against({ objection: "no permit", tags: { team: expect.stringMatching(/^d.*[^a]$|^d$/) } }),
    );
    expect(answerTo(textOf(start({ StringLike: { [`${TAG}/team`]: "d*a" } })), [when("permit", both)])).toEqual(PROVEN);
  });

  it("2: counts a forbid that fails where values for the missing tags would make it hold, and no further", () => {
    const forbid = when("forbid", 'resource.tags.stage == "prod" && resource.arn like "*pii*"');
    const text = textOf(
      start(),
      deny("ec2:StartInstances", `${INSTANCES}pii*`, { StringEqualsIfExists: { [`${TAG}/stage`]: "prod" } }),
    );
    expect(answerTo(text, [PERMIT, forbid])).toEqual(PROVEN);
    const strict = textOf(
      start(),
      deny("ec2:StartInstances", `${INSTANCES}pii*`, { StringEquals: { [`${TAG}/stage`]: "prod" } }),
    );
    expect(answerTo(strict, [PERMIT, forbid])).toMatchObject(against({ objection: { forbid: "p1" }, tags: {} }));
  });

  it("2: always counts a forbid that fails for another reason", () => {
    const forbid = when("forbid", 'resource.arn like "*pii*" && context.ttl * 9007199254740991 * 9007199254740991 > 1');
    expect(answerTo(textOf(read()), [PERMIT, forbid])).toMatchObject(against({ objection: { forbid: "p1" } }));
    expect(answerTo(textOf(read(), deny("s3:GetObject", `${OBJECTS}pii*`)), [PERMIT, forbid])).toEqual(PROVEN);
  });

  it("knows the agent's labels, and that an agent without any has an empty set", () => {
    const permit = when("permit", 'principal.labels.contains("deployer")');
    const text = textOf(read({ StringEquals: { "aws:ResourceAccount": ACCOUNT } }));
    const agent = { id: "reporter", owner: "ada", team: "data" };
    const labelled = { asker: { agent: { ...agent, labels: ["deployer", "vetted"] } } };
    expect(answerTo(text, [permit], labelled)).toEqual(PROVEN);
    expect(answerTo(text, [permit])).toMatchObject(against({ objection: "no permit" }));
    expect(answerTo(text, [permit], { asker: { agent: { ...agent, labels: ["deploy"] } } })).toMatchObject(
      against({ objection: "no permit" }),
    );
    expect(answerTo(text, [PERMIT, when("forbid", 'principal.labels.contains("vetted")')], labelled)).toMatchObject(
      against({ objection: { forbid: "p1" } }),
    );
  });

  it("3: looks again where a search with fewer Denies has found something", () => {
    const forbids = ["a", "b"].map((name) => when("forbid", `resource.arn like "*/x*${name}"`));
    const denies = ["a", "b"].map((name) => deny(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::acme/x*${name}`));
    const far = deny(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme/*/x*");
    const text = textOf(allow(["s3:GetObject", "s3:PutObject"], OBJECTS), ...denies, far);
    expect(answerTo(text, [PERMIT, ...forbids])).toEqual(PROVEN);
    expect(answerTo(textOf(read(), far, denies[0] ?? {}), [PERMIT, ...forbids])).toMatchObject(
      against({ objection: { forbid: "p2" } }),
    );
  });

  it("3: takes the empty value for a value, and not for none", () => {
    const permit = when("permit", 'resource.tags.team == ""');
    expect(answerTo(textOf(start({ StringEquals: { [`${TAG}/team`]: "" } })), [permit])).toEqual(PROVEN);
    expect(answerTo(textOf(start({ StringLike: { [`${TAG}/team`]: "*" } })), [permit])).toMatchObject(
      against({ tags: { team: expect.stringMatching(/.+/) } }),
    );
  });

  it("4: reads a question after a path, sets with open members, and both sides of && and ||", () => {
    const path = when("permit", 'resource has tags.team && ["a", resource.arn].containsAny([resource.tags.team, "a"])');
    expect(answerTo(textOf(start({ Null: { [`${TAG}/team`]: "false" } })), [path])).toEqual(PROVEN);
    expect(answerTo(textOf(start()), [path])).toMatchObject(against({ objection: "no permit", tags: {} }));
  });

  it("4: evaluates what is sought in an empty set", () => {
    const permit = when("permit", "!context.delegation.chain.contains(resource.tags.owner)");
    expect(answerTo(textOf(start()), [permit])).toMatchObject(against({ objection: "no permit", tags: {} }));
    expect(answerTo(textOf(start({ Null: { [`${TAG}/owner`]: "false" } })), [permit])).toEqual(PROVEN);
  });

  it("5: compares the first five parts of an ARN one by one", () => {
    const forbid = when("forbid", 'resource.arn like "arn:aws:*pii*"');
    expect(answerTo(textOf(read(), deny("*", "arn:aws:*pii*")), [PERMIT, forbid])).toMatchObject(
      against({ resource: expect.stringContaining("pii") }),
    );
    expect(answerTo(textOf(read(), deny("*", "arn:aws:*:*:*:*pii*")), [PERMIT, forbid])).toEqual(PROVEN);
  });

  it("5: takes a wildcard in the type of a resource for nothing in a Deny, and for anything in an Allow", () => {
    const forbid = when("forbid", 'resource.arn like "*instance/pii"');
    const typed = deny("*", `arn:aws:ec2:us-east-1:${ACCOUNT}:inst*/pii`);
    expect(answerTo(textOf(start(), typed), [PERMIT, forbid])).toMatchObject(
      against({ resource: expect.stringContaining("pii") }),
    );
    expect(
      answerTo(textOf(allow("ec2:StartInstances", `arn:aws:ec2:us-east-1:${ACCOUNT}:inst*/pii`)), [PERMIT, forbid]),
    ).toMatchObject(against({}));
  });

  it("5: takes a variable that is not known for anything in an Allow, and for nothing in a Deny", () => {
    const forbid = when("forbid", 'resource.arn like "arn:aws:s3:::acme/pii*"');
    const name = "arn:aws:s3:::acme/$" + "{aws:username}";
    expect(answerTo(textOf(allow("s3:GetObject", name)), [PERMIT, forbid])).toMatchObject(
      against({ resource: expect.stringContaining("pii") }),
    );
    expect(answerTo(textOf(read(), deny("*", name)), [PERMIT, forbid])).toMatchObject(against({}));
    const literal = "arn:aws:s3:::acme/pii$" + "{*}";
    expect(
      answerTo(textOf(allow("s3:GetObject", literal)), [when("permit", 'resource.arn == "arn:aws:s3:::acme/pii*"')]),
    ).toEqual(PROVEN);
  });

  it("5: needs all keys, and none of the values of a negated operator", () => {
    const permit = when("permit", 'resource.tags.team != "a" && resource.tags.team != "b" && resource.tags.env == "x"');
    const both = { StringNotEquals: { [`${TAG}/team`]: ["a", "b"] }, Null: { [`${TAG}/team`]: "false" } };
    expect(answerTo(textOf(start({ ...both, StringEquals: { [`${TAG}/env`]: "x" } })), [permit])).toEqual(PROVEN);
    expect(answerTo(textOf(start(both)), [permit])).toMatchObject(against({}));
    const either = {
      StringNotEquals: { [`${TAG}/team`]: ["a"] },
      Null: { [`${TAG}/team`]: "false" },
      StringEquals: { [`${TAG}/env`]: "x" },
    };
    expect(answerTo(textOf(start(either)), [permit])).toMatchObject(against({ tags: { team: "b", env: "x" } }));
    expect(answerTo(textOf(start({ Null: { [`${TAG}/team`]: ["true", "false"] } })), [PERMIT])).toEqual(PROVEN);
  });

  it("5: reads NotAction and NotResource", () => {
    const forbid = when("forbid", 'resource.arn like "*pii*"');
    const denied = { Effect: "Deny", NotAction: "s3:PutObject", NotResource: "arn:aws:s3:::acme/pub/*" };
    expect(answerTo(textOf(read(), denied), [PERMIT, forbid])).toMatchObject(
      against({ resource: expect.stringMatching(/^arn:aws:s3:::acme\/pub\/.*pii/) }),
    );
    const allowed = {
      Effect: "Allow",
      NotAction: ["a*", "b*", "c*", "d*", "e*", "f*", "g*", "h*", "i*", "j*", "k*"],
      NotResource: "arn:aws:s3:::acme/*",
    };
    expect(answerTo(textOf(allowed), [])).toMatchObject(against({ objection: "no permit" }));
  });

  it("6: leaves the account open that an ARN does not name, for Cedar and IAM alike", () => {
    const permit = when("permit", `resource.account == "${ACCOUNT}"`);
    expect(answerTo(textOf(read()), [permit])).toMatchObject(against({ account: expect.not.stringMatching(ACCOUNT) }));
    expect(answerTo(textOf(read({ StringEquals: { "aws:ResourceAccount": ACCOUNT } })), [permit])).toEqual(PROVEN);
    const named = allow("ec2:StartInstances", INSTANCES);
    expect(answerTo(textOf(named), [permit])).toEqual(PROVEN);
    const many = when("permit", 'resource.account like "1111*"');
    expect(answerTo(textOf(read({ StringLike: { "aws:ResourceAccount": "11*" } })), [many])).toMatchObject(
      against({ account: expect.stringMatching(/^11\d{10}$/) }),
    );
  });

  it("6: knows resources of AWS's own, whose ARNs name a word in the place of the account", () => {
    const browsers = "arn:aws:bedrock-agentcore:us-east-1:*:browser/*";
    const text = textOf(allow("bedrock-agentcore:StartBrowserSession", browsers));
    const forbid = when("forbid", 'resource.arn like "arn:aws:bedrock-agentcore:us-east-1:aws:browser/*"');
    expect(answerTo(text, [PERMIT, forbid])).toMatchObject(against({ account: "aws", objection: { forbid: "p1" } }));
    const [others, ours] = [when("permit", 'resource.account != "aws"'), when("permit", 'resource.account == "aws"')];
    expect(answerTo(text, [others])).toMatchObject(against({ account: "aws", objection: "no permit" }));
    expect(answerTo(text, [others, ours])).toEqual(PROVEN);
  });

  it("7: takes the hour of the call", () => {
    const permit = when("permit", "context.time.hour < 13");
    expect(answerTo(textOf(read()), [permit])).toEqual(PROVEN);
    const late = { fenceAt: FENCE + 60 };
    const text = textOf(read()).replace("13:00:00", "13:01:00");
    expect(answerTo(text, [permit], late)).toMatchObject(against({ atSeconds: FENCE, objection: "no permit" }));
  });

  it("7, I4: takes the second of the fence, and the end of each term, for outside", () => {
    const after = textOf(read()).replace("DateGreaterThanEquals", "DateGreaterThan");
    expect(answerTo(after, [PERMIT])).toMatchObject(against({ atSeconds: FENCE, objection: "after the fence" }));
    const short = `@maxTtl("10m") ${PERMIT}`;
    expect(answerTo(textOf(read()), [short])).toMatchObject(against({ atSeconds: AT + 600, objection: "no permit" }));
    expect(answerTo(textOf(read()), [`@maxTtl("2h") ${PERMIT}`])).toEqual(PROVEN);
    expect(answerTo(textOf(read()), [`@maxTtl("30s") ${PERMIT}`])).toMatchObject(against({ atSeconds: AT + 30 }));
    expect(answerTo(textOf(read()), [`@maxTtl("soon") ${PERMIT}`])).toMatchObject(against({}));
  });

  it("7: takes the decision's address for the context's, and the call's for @bindIp", () => {
    const from = when("permit", 'context.sourceIp.isInRange(ip("192.0.2.0/24"))');
    expect(answerTo(textOf(read()), [from])).toEqual(PROVEN);
    const bound = `@bindIp ${PERMIT}`;
    expect(answerTo(textOf(read()), [bound])).toMatchObject(against({ from: "elsewhere" }));
    const elsewhere = deny("*", "*", {
      NotIpAddress: { "aws:SourceIp": "192.0.2.7" },
      BoolIfExists: { "aws:ViaAWSService": "false" },
    });
    expect(answerTo(textOf(read(), elsewhere), [bound])).toEqual(PROVEN);
    expect(answerTo(textOf(read({ IpAddress: { "aws:SourceIp": "192.0.2.7" } })), [bound])).toEqual(PROVEN);
    expect(answerTo(textOf(read(), elsewhere), [bound], { asker: { boundIp: undefined } })).toMatchObject(against({}));
  });

  it("8, I3: takes a condition that is not known for met, and the same one above for the same", () => {
    const prefix = { "ForAnyValue:StringLike": { "s3:prefix": ["b/*", "a/*"] } };
    const above = { "ForAnyValue:StringLike": { "s3:PREFIX": ["a/*", "b/*"] } };
    const list = (condition: object) => textOf(allow("s3:ListBucket", "arn:aws:s3:::acme", condition));
    expect(answerTo(list(prefix), [PERMIT])).toEqual(PROVEN);
    expect(answerTo(list(prefix), [PERMIT], { above: [[list(above)]] })).toEqual(PROVEN);
    expect(answerTo(list({}), [PERMIT], { above: [[list(above)]] })).toMatchObject(
      against({ objection: "beyond the task above" }),
    );
  });

  it("8, I3: reads the tags that only a text above reads", () => {
    const above = deny("ec2:StartInstances", "*", { StringEquals: { [`${TAG}/stage`]: "prod" } });
    expect(answerTo(textOf(start({})), [PERMIT], { above: [[textOf(start({}), above)]] })).toMatchObject(
      against({ objection: "beyond the task above", tags: { stage: "prod" } }),
    );
  });

  it("9: has the secrets that the session reads", () => {
    const arn = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:db-AbCdEf`;
    const text = textOf(allow("secretsmanager:GetSecretValue", arn));
    expect(answerTo(text, [], { reads: [arn] })).toEqual(PROVEN);
    expect(answerTo(text, [], { reads: [`${arn}X`] })).toMatchObject(against({ objection: "no permit" }));
    expect(answerTo(text.replace("13:00:00", "14:00:00"), [], { reads: [arn] })).toMatchObject(
      against({ objection: "after the fence" }),
    );
  });

  it("10: gives up where it would take too much work or too long, and then proves nothing", () => {
    const forbid = when("forbid", 'resource.arn like "*ab*"');
    const text = textOf(read(), deny("s3:GetObject", "arn:aws:s3:::acme/*ab*"));
    const budget = { verdict: "unknown", why: "budget" };
    // Policies and texts bring work of their own.
    const brought = FURTHER.policy * 2 + FURTHER.character * text.length;
    const allowance = { work: 0 - brought, milliseconds: 2_000 };
    expect(answerTo(text, [PERMIT, forbid], { limits: allowance })).toEqual(budget);
    let ms = 0;
    const many = textOf(allow("s3:Get*", "arn:aws:s3:::acme/*"));
    expect(answerTo(many, [PERMIT], { nowMs: () => (ms += 2_001) })).toEqual(budget);
  });

  it("11: has nothing against a text that allows more than was requested, where policy permits it", () => {
    const wide = textOf(allow(["s3:GetObject", "s3:GetBucketLocation"], "*"));
    expect(answerTo(wide, [`@outlives("yes") permit (principal, action, resource);`])).toEqual(PROVEN);
  });

  it("12: sees what policies do not where the names of tags are spelled in another case", () => {
    const spelled = { spelling: "another" } as const;
    const permit = when("permit", 'resource.tags.team == "data"');
    const text = textOf(start({ StringEquals: { [`${TAG}/team`]: "data" } }));
    expect(answerTo(text, [permit], spelled)).toMatchObject(
      against({ objection: "no permit", tags: {}, keys: { [`${TAG}/team`]: "data" } }),
    );
    expect(answerTo(textOf(start()), [PERMIT], spelled)).toEqual(PROVEN);
    const guarded = when("permit", '!(resource.tags has team) || resource.tags.team == "data"');
    expect(answerTo(text, [guarded], spelled)).toEqual(PROVEN);
    const forbid = when("forbid", 'resource.tags has stage && resource.tags.stage == "prod"');
    const denied = {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { [`${TAG}/stage`]: "prod" } },
    };
    expect(answerTo(textOf(start(), denied), [PERMIT, forbid], spelled)).toEqual(PROVEN);
  });

  it("12: takes the names of tags as they are written", () => {
    const permit = when("permit", 'resource.tags.team == "data"');
    expect(answerTo(textOf(start({ StringEquals: { [`${TAG}/team`]: "data" } })), [permit])).toEqual(PROVEN);
    expect(answerTo(textOf(start({ StringEquals: { [`${TAG}/Team`]: "data" } })), [permit])).toMatchObject(
      against({ objection: "no permit" }),
    );
  });
});
