import { describe, expect, it } from "vitest";
import { readsOf } from "../../../../functions/core/proof/cedar-reads.ts";
import { CachingProofs } from "../../../../functions/core/proof/proofs.ts";
import type { BoundObjection, Question, StatedRequest } from "../../../../functions/core/proof/question.ts";
import { nameOf } from "../../../../functions/core/proof/question-name.ts";
import { readQuestion } from "../../../../functions/core/proof/read-question.ts";
import { ACCOUNT, against, allow, answerTo, PERMIT, PROVEN, QUESTION, statedOf, textOf } from "./ask.ts";

const [NORTH, ALL] = ["arn:aws:s3:::lake/north/*", "arn:aws:s3:::lake/*"];
const OURS = { StringEquals: { "aws:ResourceAccount": ACCOUNT } };
const objects = (...resources: readonly string[]): StatedRequest => ({
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources,
});
const BOUNDS: readonly BoundObjection[] = [
  "beyond the intent",
  "beyond the ceiling of the token",
  "beyond the ceiling of the consent",
  "beyond the delegation",
];
const WIDE = textOf(allow("s3:GetObject", ALL, OURS));
const bound = (objection: BoundObjection, ...requests: readonly StatedRequest[]) => ({ objection, requests });

describe("I2, I3, B1: a session is within each bound, even where the compiler granted more", () => {
  it.each(BOUNDS)("has a counterexample %s", (objection) => {
    const asked = [objects(ALL)];
    const answer = answerTo(WIDE, [PERMIT], { asked, bounds: [bound(objection, objects(NORTH))] });
    expect(answer).toMatchObject(against({ objection, action: "s3:GetObject" }));
    expect(answerTo(WIDE, [PERMIT], { asked, bounds: [bound(objection)] })).toMatchObject(against({ objection }));
  });

  it.each(BOUNDS)("is proven of a text that is not %s, in wider words than the grant", (objection) => {
    const text = textOf(allow("s3:GetObject", NORTH, OURS));
    const bounds = [bound(objection, { ...objects(ALL), actions: ["s3:Get*"] })];
    expect(answerTo(text, [PERMIT], { asked: [objects(NORTH)], bounds })).toEqual(PROVEN);
  });

  it("is within every bound, and not within one of them alone", () => {
    const bounds = [
      bound("beyond the ceiling of the consent", { ...objects(ALL), actions: ["s3:*"] }),
      bound("beyond the delegation", objects(NORTH)),
    ];
    expect(answerTo(WIDE, [PERMIT], { asked: [objects(ALL)], bounds })).toMatchObject(
      against({ objection: "beyond the delegation" }),
    );
  });

  it("has the conditions of a bound", () => {
    const conditions = { StringEquals: { "aws:ResourceTag/team": ["ops"] } };
    const machine = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
    const asked = [{ account: ACCOUNT, actions: ["ec2:StartInstances"], resources: [machine] }];
    const bounds = asked.map((each) => bound("beyond the ceiling of the consent", { ...each, conditions }));
    const text = (more: object) => textOf(allow("ec2:StartInstances", machine, { ...OURS, ...more }));
    expect(answerTo(text({}), [PERMIT], { asked, bounds })).toMatchObject(
      against({ objection: "beyond the ceiling of the consent" }),
    );
    const both = { StringEquals: { ...OURS.StringEquals, "aws:ResourceTag/team": "ops" } };
    expect(answerTo(text(both), [PERMIT], { asked, bounds })).toEqual(PROVEN);
  });

  it("leaves out the secrets that the session reads besides", () => {
    const secret = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:a-abcdef`;
    const text = textOf(allow("s3:GetObject", NORTH, OURS), allow("secretsmanager:GetSecretValue", secret));
    const given = { asked: [objects(NORTH)], bounds: [bound("beyond the delegation", objects(ALL))] };
    expect(answerTo(text, [PERMIT], { ...given, reads: [secret] })).toEqual(PROVEN);
    expect(answerTo(text, [PERMIT], given)).toMatchObject({ verdict: "counterexample" });
  });

  it("reads a star beside ARNs as all resources of an action that fits none of the ARNs", () => {
    const databases = `arn:aws:rds:us-east-1:${ACCOUNT}:db:*`;
    const asked = [objects(NORTH), { account: ACCOUNT, actions: ["rds:DescribeDBInstances"], resources: [databases] }];
    const text = (resource: string) =>
      textOf(allow("s3:GetObject", resource, OURS), allow("rds:DescribeDBInstances", databases));
    const written = { account: ACCOUNT, actions: ["s3:GetObject", "rds:DescribeDBInstances"], resources: [NORTH, "*"] };
    const bounds = [bound("beyond the intent", written)];
    const everything = "permit (principal, action, resource);";
    expect(answerTo(text(NORTH), [everything], { asked, bounds })).toEqual(PROVEN);
    expect(answerTo(text(ALL), [everything], { asked: [objects(ALL), ...asked], bounds })).toMatchObject(
      against({ objection: "beyond the intent", action: "s3:GetObject" }),
    );
  });
});

describe("the name of a proven question", () => {
  const POLICIES = [statedOf(PERMIT)];
  const question = (...bounds: Question["bounds"]): Question => ({
    ...QUESTION,
    text: WIDE,
    asked: [objects(ALL)],
    bounds,
    policies: POLICIES,
  });

  it("answers no question with other bounds", () => {
    const proofs = new CachingProofs(() => 0);
    expect(proofs.answer(question())).toEqual(PROVEN);
    for (const objection of BOUNDS)
      expect(proofs.answer(question(bound(objection, objects(NORTH))))).toMatchObject(against({ objection }));
  });

  it("has no bound that has the granted requests word for word", () => {
    const name = (...bounds: Question["bounds"]) => nameOf(readQuestion(question(...bounds)), readsOf);
    expect(name(bound("beyond the intent", objects(NORTH), objects(ALL)))).toBe(name());
    expect(name(bound("beyond the intent", objects(ALL, NORTH)))).not.toBe(name());
  });
});
