import { describe, expect, it } from "vitest";
import { joinedConditions } from "../../../../functions/core/policy/join-conditions.ts";

const TEAM = "aws:ResourceTag/team";
const ENV = "aws:ResourceTag/env";
const is = (operator: string, key: string, ...values: string[]) => ({ [operator]: { [key]: values } });

describe("conditions of which one must hold", () => {
  it("are none where one of them requires nothing", () => {
    expect(joinedConditions([is("StringEquals", TEAM, "data"), {}])).toEqual([{}]);
  });

  it("are one where they differ in the values of one line", () => {
    const three = ["data", "ops", "data"].map((value) => is("StringEquals", TEAM, value));
    expect(joinedConditions(three)).toEqual([is("StringEquals", TEAM, "data", "ops")]);
    expect(joinedConditions([is("Null", TEAM, "false"), is("Null", TEAM, "false")])).toEqual([
      is("Null", TEAM, "false"),
    ]);
    const beside = (value: string) => ({ ...is("StringLike", TEAM, value), ...is("Null", ENV, "false") });
    expect(joinedConditions([beside("b*"), beside("a*")])).toEqual([
      { ...is("StringLike", TEAM, "a*", "b*"), ...is("Null", ENV, "false") },
    ]);
    expect(
      joinedConditions([is("StringEquals", TEAM, "a"), is("StringEquals", ENV, "b"), is("StringEquals", ENV, "c")]),
    ).toEqual([is("StringEquals", TEAM, "a"), is("StringEquals", ENV, "b", "c")]);
  });

  it("are one where two differ in one line only after they were joined", () => {
    const each = ["a", "b"].flatMap((team) =>
      ["x", "y"].map((env) => ({ StringEquals: { [TEAM]: [team], [ENV]: [env] } })),
    );
    expect(joinedConditions(each)).toEqual([{ StringEquals: { [TEAM]: ["a", "b"], [ENV]: ["x", "y"] } }]);
  });

  it("are one where they are the same", () => {
    const unlike = is("StringNotEquals", TEAM, "a");
    expect(joinedConditions([unlike, unlike])).toEqual([unlike]);
  });

  it.each([
    ["the tag", is("StringEquals", TEAM, "a"), is("StringEquals", ENV, "a")],
    ["the operator", is("StringEquals", TEAM, "a"), is("StringLike", TEAM, "a*")],
    [
      "what must be unlike, of which all values count",
      is("StringNotEquals", TEAM, "a"),
      is("StringNotEquals", TEAM, "b"),
    ],
    ["one line more", is("StringEquals", TEAM, "a"), { StringEquals: { [TEAM]: ["b"], [ENV]: ["c"] } }],
    ["two lines", { StringEquals: { [TEAM]: ["a"], [ENV]: ["a"] } }, { StringEquals: { [TEAM]: ["b"], [ENV]: ["b"] } }],
  ])("I2: stay apart where they differ in %s", (_name, one, other) => {
    expect(joinedConditions([one, other])).toEqual([one, other]);
  });
});
