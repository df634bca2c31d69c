import { describe, expect, it } from "vitest";
import { against, allow, answerTo, PERMIT, PROVEN, textOf, when } from "./ask.ts";

const KEY = "aws:PrincipalTag/valetkey:held";
const held = { key: KEY, mark: "m", actions: ["ec2:DescribeTags", "ec2:DescribeVpcs", "ec2:RunInstances"] };
const marked = { StringEquals: { [KEY]: "m" } };
const PERMITS = ["ec2:DescribeTags", "ec2:DescribeVpcs"].map(
  (action) => `permit (principal, action == Action::"${action}", resource);`,
);
const UNKNOWN = { verdict: "unknown", why: "action" };

describe("I2: a pattern of actions in a session policy", () => {
  it("is proven for the names to which the role is held", () => {
    expect(answerTo(textOf(allow("ec2:Describe*", "*", marked)), PERMITS, { held })).toEqual(PROVEN);
    const folded = { StringEquals: { [KEY.toUpperCase()]: "m" } };
    expect(answerTo(textOf(allow("EC2:describe*", "*", folded)), PERMITS, { held })).toEqual(PROVEN);
  });

  it("is refused with the call where policy does not permit one of the names", () => {
    const text = textOf(allow("ec2:Describe*", "*", marked));
    expect(answerTo(text, PERMITS.slice(1), { held })).toMatchObject(
      against({ action: "ec2:DescribeTags", objection: "no permit" }),
    );
  });

  it.each([
    ["without the mark", {}],
    ["with another mark", { StringEquals: { [KEY]: "n" } }],
    ["with a mark or another", { StringEquals: { [KEY]: ["m", "n"] } }],
    ["with the mark as a pattern", { StringLike: { [KEY]: "m" } }],
    ["with the mark where there is one", { StringEqualsIfExists: { [KEY]: "m" } }],
    ["with the mark of another key", { StringEquals: { "aws:PrincipalTag/held": "m" } }],
  ])("is not proven %s: nobody knows what AWS adds", (_, condition) => {
    const all = [`@outlives("yes") permit (principal, action, resource);`];
    expect(answerTo(textOf(allow("ec2:Describe*", "*", condition)), all, { held })).toEqual(UNKNOWN);
  });

  it("is not proven of an account that holds its roles to no names, nor without actions named", () => {
    const all = [`@outlives("yes") permit (principal, action, resource);`];
    expect(answerTo(textOf(allow("sqs:Get*", "*", marked)), all)).toEqual(UNKNOWN);
    // All but the services with an x: few actions are quick to prove.
    const others = [..."abcdefghijklmnopqrstuvwyz"].map((letter) => `${letter}*`);
    const rest = { Effect: "Allow", NotAction: others, Resource: "*" };
    expect(answerTo(textOf(rest), all, { held })).toEqual(UNKNOWN);
  });

  it("is not proven beside names, which are", () => {
    const all = [`@outlives("yes") permit (principal, action, resource);`];
    expect(answerTo(textOf(allow(["ec2:DescribeTags", "ec2:Describe*"], "*")), all, { held })).toEqual(UNKNOWN);
    expect(answerTo(textOf(allow(["ec2:DescribeTags", "ec2:DescribeVpcs"], "*")), all, { held })).toEqual(PROVEN);
  });

  it("is of all names but some where it has NotAction", () => {
    const rest = { Effect: "Allow", NotAction: "ec2:Run*", Resource: "*", Condition: marked };
    expect(answerTo(textOf(rest), PERMITS, { held })).toEqual(PROVEN);
    expect(answerTo(textOf(rest), PERMITS.slice(0, 1), { held })).toMatchObject({ verdict: "counterexample" });
  });

  it("is not proven where the catalogue lacks one of the names", () => {
    const more = { ...held, actions: [...held.actions, "ec2:DescribeFutures"] };
    expect(answerTo(textOf(allow("ec2:Describe*", "*", marked)), PERMITS, { held: more })).toEqual(UNKNOWN);
  });

  it("preserves the other conditions", () => {
    const inTeam = when("permit", `resource.tags has team && resource.tags.team == "a"`);
    const on = { StringEquals: { ...marked.StringEquals, "aws:ResourceTag/team": "a" } };
    const instances = "arn:aws:ec2:us-east-1:111122223333:instance/*";
    const starts = { ...held, actions: ["ec2:StartInstances", "ec2:StopInstances"] };
    const proof = (condition: object) =>
      answerTo(textOf(allow("ec2:St*", instances, condition)), [inTeam], { held: starts });
    expect(proof(on)).toEqual(PROVEN);
    expect(proof(marked)).toMatchObject(against({ objection: "no permit" }));
  });
});

describe("I3: a pattern of actions in the session policy of the task above", () => {
  const above = [[textOf(allow("ec2:Describe*", "*", marked))]];

  it("allows the names to which the role is held", () => {
    expect(answerTo(textOf(allow("ec2:DescribeTags", "*")), PERMITS, { held, above })).toEqual(PROVEN);
    expect(answerTo(textOf(allow("ec2:Describe*", "*", marked)), PERMITS, { held, above })).toEqual(PROVEN);
  });

  it("allows nothing else", () => {
    const other = `permit (principal, action == Action::"ec2:DescribeImages", resource);`;
    expect(answerTo(textOf(allow("ec2:DescribeImages", "*")), [other, PERMIT], { held, above })).toMatchObject(
      against({ objection: "beyond the task above" }),
    );
  });
});

describe("a Deny that demands the mark", () => {
  it("is not taken for one that always holds", () => {
    const text = textOf(allow("ec2:DescribeTags", "*"), {
      Effect: "Deny",
      Action: "ec2:*",
      Resource: "*",
      Condition: marked,
    });
    expect(answerTo(text, [], { held })).toMatchObject(against({ action: "ec2:DescribeTags" }));
  });
});
