import { describe, expect, it } from "vitest";
import { NEVER } from "../../../../functions/core/ceiling/ceiling-actions.ts";
import { ACCOUNT, against, allow, answerTo, deny, PERMIT, PROVEN, textOf } from "./ask.ts";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const SERVICE = "ecs-tasks.amazonaws.com";
const PERMITS = ['@outlives("x") permit (principal, action == Action::"iam:PassRole", resource is AWS::Resource);'];
const TO = (...services: readonly string[]) => ({ StringEquals: { "iam:PassedToService": services } });
const exceptions = [
  { action: "iam:PassRole", resources: [ROLE], only: { key: "iam:PassedToService", values: [SERVICE] } },
];
const answer = (Resource: string, Condition = {}, given: object = { exceptions }) =>
  answerTo(textOf(allow("iam:PassRole", Resource, Condition)), PERMITS, { never: NEVER, ...given });
const NO_TASK = { objection: "no task may do it" };

describe("a text that passes a role on, though policy permits it", () => {
  it("is proven within the exception: this role, to these services", () => {
    expect(answer(ROLE, TO(SERVICE))).toEqual(PROVEN);
  });

  it.each<[string, string, object]>([
    ["without the service", ROLE, {}],
    ["to another service beside", ROLE, TO(SERVICE, "ec2.amazonaws.com")],
    ["to services by a pattern", ROLE, { StringLike: { "iam:PassedToService": "ecs*.amazonaws.com" } }],
    ["to the service if AWS names it", ROLE, { StringEqualsIfExists: { "iam:PassedToService": SERVICE } }],
    ["to any but one", ROLE, { StringNotEquals: { "iam:PassedToService": "ec2.amazonaws.com" } }],
    ["of another name", `${ROLE}-admin`, TO(SERVICE)],
    ["by a pattern of names", `${ROLE}*`, TO(SERVICE)],
    ["of any account", "arn:aws:iam::*:role/app", TO(SERVICE)],
  ])("has a counterexample %s", (_, resource, condition) => {
    expect(answer(resource, condition)).toMatchObject(against(NO_TASK));
  });

  it("is proven where a Deny confines it", () => {
    const text = textOf(
      allow("iam:PassRole", ROLE),
      deny("iam:PassRole", "*", { StringNotEquals: { "iam:PassedToService": SERVICE } }),
    );
    expect(answerTo(text, PERMITS, { never: NEVER, exceptions })).toEqual(PROVEN);
  });

  it("has a counterexample where the account makes no exception, and none where nothing is denied to tasks", () => {
    expect(answer(ROLE, TO(SERVICE), { exceptions: [] })).toMatchObject(against(NO_TASK));
    expect(answer(ROLE, TO(SERVICE), { never: [], exceptions: [] })).toEqual(PROVEN);
  });

  it("has a counterexample beside an action of the same statement that tasks may do", () => {
    const text = textOf(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme/x"));
    for (const action of ["s3:GetObject", "s3:PutObject"])
      expect(answerTo(text, [PERMIT], { never: [action] })).toMatchObject(against({ ...NO_TASK, action }));
  });

  it("has a counterexample beside an action of the same statement that has an exception", () => {
    const bucket = "arn:aws:s3:::acme/x";
    const text = textOf(allow(["s3:GetObject", "s3:PutObject"], bucket));
    const given = { never: ["s3:*"], exceptions: [{ action: "s3:GetObject", resources: [bucket] }] };
    expect(answerTo(text, [PERMIT], given)).toMatchObject(against({ ...NO_TASK, action: "s3:PutObject" }));
  });

  it("is about a role of the exception's action alone", () => {
    const other = [{ ...exceptions[0], action: "lambda:UpdateFunctionCode" }];
    expect(answer(ROLE, TO(SERVICE), { exceptions: other })).toMatchObject(against(NO_TASK));
  });
});
