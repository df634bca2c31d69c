import { describe, expect, it } from "vitest";
import type { StatedRequester } from "../../../../functions/core/proof/question.ts";
import { allow, answerTo, textOf } from "./ask.ts";

const PERSON = { issuer: "staff", value: "pat", groups: ["staff|support"], isFirst: false } as const;
const FOR_AGENT = { person: PERSON } as const satisfies Partial<StatedRequester>;
const FOR_PERSON = { person: PERSON, asks: "person" } as const satisfies Partial<StatedRequester>;

const TEXT = textOf(allow("s3:GetObject", "arn:aws:s3:::a/*"));
const permit = (principal: string, condition = "true") =>
  `permit (${principal}, action, resource is AWS::Resource) when { ${condition} };`;
const NO_PERMIT = { verdict: "counterexample", call: { objection: "no permit" } };
const proven = { verdict: "proven" };

describe("B1: a session policy for a person is held to what policy permits the agent, and to what it permits the person", () => {
  it.each([
    ["people", "principal is User", NO_PERMIT, proven],
    ["the person", 'principal == User::"staff|pat"', NO_PERMIT, proven],
    ["somebody else", 'principal == User::"staff|kim"', NO_PERMIT, NO_PERMIT],
    ["a group of the person", 'principal in Group::"staff|support"', NO_PERMIT, proven],
    ["another issuer's group of that name", 'principal in Group::"guests|support"', NO_PERMIT, NO_PERMIT],
    ["agents", "principal is Agent", proven, NO_PERMIT],
    ["everybody", "principal", proven, proven],
  ])("a permit for %s", (_, principal, agent, person) => {
    const policies = [permit(principal)];
    expect(answerTo(TEXT, policies, { asker: FOR_AGENT })).toMatchObject(agent);
    expect(answerTo(TEXT, policies, { asker: FOR_PERSON })).toMatchObject(person);
  });

  it.each([
    ["whom the agent acts for", 'context has onBehalfOf && context.onBehalfOf.person == "pat"', proven, NO_PERMIT],
    [
      "the person's groups",
      'context has onBehalfOf && context.onBehalfOf.groups.contains("staff|support")',
      proven,
      NO_PERMIT,
    ],
    ["another person", 'context has onBehalfOf && context.onBehalfOf.person == "kim"', NO_PERMIT, NO_PERMIT],
    ["who acts", 'context has actor && context.actor.agent == "reporter"', NO_PERMIT, proven],
    ["another actor", 'context has actor && context.actor.agent == "other"', NO_PERMIT, NO_PERMIT],
    ["the person's id", 'principal is User && principal.id == "staff|pat"', NO_PERMIT, proven],
    ["first operators", "principal is User && principal.firstOperator", NO_PERMIT, NO_PERMIT],
    ["the actor's owner and team", 'context.actor.owner == "o" && context.actor.team == "data"', NO_PERMIT, proven],
    ["the person's issuer", 'context.onBehalfOf.issuer == "staff"', proven, NO_PERMIT],
    ["the person's name at the issuer alone", 'principal.id == "pat"', NO_PERMIT, NO_PERMIT],
  ])("a condition on %s", (_, condition, agent, person) => {
    const policies = [permit("principal", condition)];
    const about = { agent: { id: "reporter", owner: "o", team: "data" } };
    expect(answerTo(TEXT, policies, { asker: { ...about, ...FOR_AGENT } })).toMatchObject(agent);
    expect(answerTo(TEXT, policies, { asker: { ...about, ...FOR_PERSON } })).toMatchObject(person);
    expect(answerTo(TEXT, policies, { asker: about })).toMatchObject(NO_PERMIT);
  });

  it("a condition on first operators, of one who is", () => {
    const first = { ...FOR_PERSON, person: { ...PERSON, isFirst: true } };
    const isFirst = "principal.firstOperator";
    expect(answerTo(TEXT, [permit("principal", isFirst)], { asker: first })).toEqual(proven);
    const forbid = permit("principal", isFirst).replace("permit", "forbid");
    expect(answerTo(TEXT, [permit("principal"), forbid], { asker: first })).toMatchObject({
      verdict: "counterexample",
    });
    expect(answerTo(TEXT, [permit("principal"), forbid], { asker: FOR_PERSON })).toEqual(proven);
  });

  it("a condition on a claim of the agent, which the person does not have", () => {
    const claimed = [permit("principal", 'principal.hasTag("ref")')];
    expect(answerTo(TEXT, claimed, { asker: FOR_AGENT })).toEqual(proven);
    expect(answerTo(TEXT, claimed, { asker: FOR_PERSON })).toMatchObject(NO_PERMIT);
  });
});
