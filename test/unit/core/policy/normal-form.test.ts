import { describe, expect, it } from "vitest";
import { queryFor } from "../../../../functions/core/policy/entities.ts";
import { type Atom, type NormalForm, normalForm } from "../../../../functions/core/policy/normal-form.ts";
import { iamText } from "../../../../functions/core/policy/remainders.ts";
import type { Glob } from "../../../../functions/core/text/glob.ts";
import { cedarOf } from "../cedar-of.ts";
import { anAsker, onObjects } from "./pairs.ts";

/** The form of what Cedar itself leaves of a policy with this condition, as text: `arn:a* -arn:ab* tag.team:x`. */
function formOf(when: string, effect: "permit" | "forbid" = "permit"): readonly string[] | "unclear" {
  const policies = cedarOf([`${effect} (principal, action, resource is AWS::Resource) when { ${when} };`]);
  const query = queryFor(onObjects("arn:aws:s3:::acme/*"), anAsker(), "arn and tags");
  const [residual] = policies.evaluatePartially(query).residuals;
  return written(normalForm(residual?.body, effect));
}

const written = (form: NormalForm): readonly string[] | "unclear" =>
  form === "unclear"
    ? form
    : form.map(({ must, mustNot }) => [...must.map(atom), ...mustNot.map((each) => `-${atom(each)}`)].join(" "));
const atom = (each: Atom): string => `${each.of === "arn" ? "arn" : `${each.of}.${each.key}`}:${iamText(each.glob)}`;

const A = 'resource.arn like "a*"';
const B = 'resource.arn like "*b"';
const C = 'resource.arn like "*c*"';
const D = 'resource.arn == "d"';
const TEAM = 'resource.tags.team == "data"';
const HAS = "resource.tags has team";

it("a forbid that tests for a tag in one part, and reads it in another that can never hold, errs without the tag: nothing tests for it", () => {
  expect(formOf(`(${HAS} && ${TEAM}) || (${TEAM} && !(resource.tags.env like "*"))`, "forbid")).toEqual([
    "tag.team:data",
  ]);
  expect(formOf(`${HAS} && ${TEAM}`, "forbid")).toEqual(["tag.team:* tag.team:data"]);
});

describe("the normal form of what is left of a policy", () => {
  it.each<[string, readonly string[]]>([
    ["true", [""]],
    ["false", []],
    ['resource.account == "444455556666"', []],
    [A, ["arn:a*"]],
    [D, ["arn:d"]],
    ['"d" == resource.arn', ["arn:d"]],
    ['resource.arn != "d"', ["-arn:d"]],
    [`!(${A})`, ["-arn:a*"]],
    [`!!(${A})`, ["arn:a*"]],
    [`${A} && ${B}`, ["arn:a* arn:*b"]],
    [`${A} || ${B}`, ["arn:a*", "arn:*b"]],
    [`!(${A} && ${B})`, ["-arn:a*", "-arn:*b"]],
    [`!(${A} || ${B})`, ["-arn:a* -arn:*b"]],
    [`(${A} || ${B}) && ${C}`, ["arn:a* arn:*c*", "arn:*b arn:*c*"]],
    [`if ${A} then ${B} else ${C}`, ["arn:a* arn:*b", "arn:*c* -arn:a*"]],
    [`!(if ${A} then ${B} else ${C})`, ["arn:a* -arn:*b", "-arn:a* -arn:*c*"]],
    ['["c", "d"].contains(resource.arn)', ["arn:c", "arn:d"]],
    ['!(["c", "d"].contains(resource.arn))', ["-arn:c -arn:d"]],
    ['resource.arn like "a\\*b?*"', ["arn:a${*}b${?}*"]],
    [TEAM, ["tag.team:data"]],
    ['resource.tags.team like "da*"', ["tag.team:da*"]],
    ["resource.tags has team", ["tag.team:*"]],
    [`${A} && ${TEAM}`, ["arn:a* tag.team:data"]],
    [`${A} && ${D}`, []],
    [`${A} && ${C} && !(${C})`, []],
    ['resource.arn like "*"', [""]],
    ['!(resource.arn like "**")', []],
    [`${TEAM} && resource.tags.team == "ops"`, []],
    [`${TEAM} && resource.tags.team != "data"`, []],
    [`${TEAM} && resource.tags.env != "data"`, ["tag.team:data -tag.env:data"]],
    ['!(resource.tags.team like "*")', []],
  ])("%s is %j", (when, expected) => {
    expect(formOf(when)).toEqual(expected);
    expect(formOf(when, "forbid")).toEqual(expected);
  });

  it.each<[string, readonly string[] | "unclear", string]>([
    ["resource.arn == resource.service", ["arn:s3"], "the service is known"],
    ["resource.arn == resource.arn", "unclear", "of two unknowns nothing is known"],
    [`${A} && context.ttl * 9223372036854775807 > 1`, "unclear", "it may err for some"],
    [`context.ttl * 9223372036854775807 > 1 || ${A}`, [], "it errs for all"],
    ["resource.tags == resource.tags", "unclear", "tags are compared one by one"],
    ['["c", resource.arn].contains("c")', "unclear", "a set is to hold what is known"],
  ])("%s is %j: %s", (when, expected) => {
    expect(formOf(when)).toEqual(expected);
  });

  it("is never where the left side is never, whatever is on the right", () => {
    const never = { "&&": { left: { Value: false }, right: { what: {} } } };
    expect(normalForm(never, "permit")).toEqual([]);
    const unclear = { "&&": { left: { what: {} }, right: { Value: false } } };
    expect(normalForm(unclear, "permit")).toBe("unclear");
  });

  it("I2: records of a permit that the tags are there which it reads on the way: Cedar would err without them", () => {
    expect(formOf(`${TEAM} || ${A}`)).toEqual(["tag.team:data", "tag.team:* arn:a*"]);
    expect(formOf(`!(${TEAM} && ${A})`)).toEqual(["-tag.team:data", "tag.team:* -arn:a*"]);
    expect(formOf(`if ${TEAM} then ${A} else ${B}`)).toEqual(["tag.team:data arn:a*", "arn:*b -tag.team:data"]);
    expect(formOf('resource.tags.team like "*"')).toEqual(["tag.team:*"]);
  });

  it("I2: records it where a tag is sought in an empty set: the answer is known, and Cedar errs without the tag all the same", () => {
    const inNone = "context.delegation.chain.contains(resource.tags.team)";
    expect(formOf(`!${inNone}`)).toEqual(["tag.team:*"]);
    expect(formOf(`if ${inNone} then ${B} else ${A}`)).toEqual(["tag.team:* arn:a*"]);
    expect(formOf(`!(${inNone} && ${A})`)).toEqual(["tag.team:*", "tag.team:* -arn:a*"]);
    expect(formOf(inNone)).toEqual([]);
    expect(formOf(`!${inNone}`, "forbid")).toEqual([""]);
    expect(formOf(inNone, "forbid")).toEqual([]);
  });

  it("is unclear where what is sought in an empty set is more than one unknown: it may err", () => {
    expect(formOf(`!context.delegation.chain.contains(if ${A} then "a" else resource.tags.team)`)).toBe("unclear");
  });

  it("does not record it where the permit tested for them first: then it does not err", () => {
    expect(formOf(`!(${HAS}) || ${TEAM}`)).toEqual(["-tag.team:*", "tag.team:data"]);
    expect(formOf(`(${HAS} && ${TEAM}) || ${A}`)).toEqual(["tag.team:* tag.team:data", "arn:a*"]);
    expect(formOf(`(!(${HAS}) || ${TEAM}) || ${A}`)).toEqual(["-tag.team:*", "tag.team:data", "arn:a*"]);
    expect(formOf(`(if ${HAS} then ${TEAM} else ${B}) || ${A}`)).toContain("arn:a*");
    expect(formOf(`(if !(${HAS}) then ${B} else ${TEAM}) || ${A}`)).toContain("arn:a*");
  });

  it.each([
    ["it tests for another", `(resource.tags has env && ${TEAM}) || ${A}`],
    ["it goes on where the tag is missing", `(${HAS} || ${TEAM}) || ${A}`],
    ["it may not have come to the question", `((${HAS} || ${B}) && ${TEAM}) || ${A}`],
    ["it tests on one way of two only", `((if ${B} then ${HAS} else ${C}) && ${TEAM}) || ${A}`],
    ["it reads one in a set", `["data"].contains(resource.tags.team) || ${A}`],
  ])("I2: records it where the permit tested, and %s", (_name, when) => {
    expect(formOf(when)).toContain("tag.team:* arn:a*");
  });

  it("I2: does not record it of a forbid, which would take less out of a set", () => {
    expect(formOf(`${TEAM} || ${A}`, "forbid")).toEqual(["tag.team:data", "arn:a*"]);
    expect(formOf('resource.tags.team like "*"', "forbid")).toEqual([""]);
  });

  it("I2: of a forbid records a test for a tag only where the test comes before the reading", () => {
    expect(formOf(`${HAS} && ${TEAM}`, "forbid")).toEqual(["tag.team:* tag.team:data"]);
    expect(formOf(`${TEAM} && ${HAS}`, "forbid")).toEqual(["tag.team:data"]);
    expect(formOf(`${TEAM} && resource.tags has env`, "forbid")).toEqual(["tag.team:data tag.env:*"]);
    expect(formOf(`resource.tags.team like "*" && ${HAS}`, "forbid")).toEqual([""]);
    expect(formOf(`(${TEAM} || ${A}) && ${HAS}`, "forbid")).toEqual(["tag.team:data", "arn:a*"]);
    expect(formOf(`${TEAM} || ${HAS}`, "forbid")).toEqual(["tag.team:data", ""]);
    expect(formOf(`if ${TEAM} then ${A} else ${HAS}`, "forbid")).toEqual(["tag.team:data arn:a*", "-tag.team:data"]);
    expect(formOf(`if ${TEAM} then ${HAS} else ${A}`, "forbid")).toEqual(["tag.team:data", "arn:a* -tag.team:data"]);
    expect(formOf(`${TEAM} && (${HAS} || resource.arn == resource.arn)`, "forbid")).toBe("unclear");
  });

  it.each([
    ["or goes on", `${TEAM} || ${A}`, "arn:a*"],
    ["with any value", 'resource.tags.team like "*"', ""],
    ["in an empty set", "!context.delegation.chain.contains(resource.tags.team)", ""],
  ])("I2: a forbid that reads a tag where it is not there errs, and holds: it reads it %s", (_way, when, rest) => {
    expect(formOf(`!(${HAS}) && (${when})`, "forbid")).toEqual([rest === "" ? "-tag.team:*" : `${rest} -tag.team:*`]);
  });

  it("of a permit records all that it tests for", () => {
    expect(formOf(`${TEAM} && ${HAS}`)).toEqual(["tag.team:data tag.team:*"]);
  });

  it("is unclear where it would grow beyond what anybody could read", () => {
    const either = (name: string) => `(resource.arn like "*a${name}*" || resource.arn like "*b${name}*")`;
    const product = (count: number) => Array.from({ length: count }, (_, n) => either(`x${n}`)).join(" && ");
    expect(formOf(product(6))).toHaveLength(64);
    expect(formOf(product(7))).toBe("unclear");
  });
});

describe("I2: an expression of an unknown kind", () => {
  const arn = { unknown: [{ Value: "arn" }] };
  const tags = { unknown: [{ Value: "tags" }] };
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a text", "true"],
    ["a list", [{ Value: true }]],
    ["an empty object", {}],
    ["a value that is no boolean", { Value: "true" }],
    ["an operator that is not known", { "<": { left: arn, right: { Value: "a" } } }],
    ["an operator without operands", { "&&": true }],
    ["an operator whose operands are null", { "&&": null }],
    ["an equality of two unknowns", { "==": { left: arn, right: arn } }],
    ["an equality with a number", { "==": { left: arn, right: { Value: 1 } } }],
    ["an equality of another unknown", { "==": { left: { unknown: [{ Value: "account" }] }, right: { Value: "a" } } }],
    ["an unknown without a name", { "==": { left: { unknown: [] }, right: { Value: "a" } } }],
    ["an unknown that is no list", { "==": { left: { unknown: "arn" }, right: { Value: "a" } } }],
    ["a pattern that is no list", { like: { left: arn, pattern: "a*" } }],
    ["a pattern with an unknown element", { like: { left: arn, pattern: [{ Literal: "a" }, "Any"] } }],
    ["a pattern with a literal that is no text", { like: { left: arn, pattern: [{ Literal: 1 }] } }],
    ["a pattern for something else", { like: { left: { Var: "principal" }, pattern: ["Wildcard"] } }],
    ["a set of unknowns", { contains: { left: { Set: [arn] }, right: arn } }],
    ["a set that is missing", { contains: { right: arn } }],
    ["a set that is a text", { contains: { left: { Set: "ab" }, right: arn } }],
    ["a set that is none", { contains: { left: arn, right: { Value: "a" } } }],
    ["an attribute of something else", { has: { left: arn, attr: "team" } }],
    ["an attribute without a name", { has: { left: tags } }],
    ["a tag without a name", { "==": { left: { ".": { left: tags } }, right: { Value: "a" } } }],
    ["an unclear part of a disjunction", { "||": { left: { what: {} }, right: { what: {} } } }],
    ["an unclear left of a disjunction", { "||": { left: { what: {} }, right: { like: { left: arn, pattern: [] } } } }],
    [
      "an unclear right of a disjunction",
      { "||": { left: { like: { left: arn, pattern: [] } }, right: { what: {} } } },
    ],
    [
      "an unclear condition",
      JSON.parse('{"if-then-else": {"if": {"what": {}}, "then": {"Value": true}, "else": {"Value": true}}}'),
    ],
  ])("is unclear: %s", (_name, body) => {
    expect(normalForm(body, "permit")).toBe("unclear");
    expect(normalForm({ "!": { arg: body } }, "forbid")).toBe("unclear");
  });

  it("that is an inequality, which Cedar itself writes as a negation, is read as one", () => {
    const unlike = { "!=": { left: arn, right: { Value: "a" } } };
    const glob: Glob = [{ literal: "a" }];
    expect(normalForm(unlike, "permit")).toEqual([{ must: [], mustNot: [{ of: "arn", glob }] }]);
  });

  it("that is a set of nothing never holds, and always fails to", () => {
    const none = { contains: { left: { Set: [] }, right: arn } };
    const always: Glob[] = [];
    expect(normalForm(none, "permit")).toEqual([]);
    expect(normalForm({ "!": { arg: none } }, "permit")).toEqual([{ must: always, mustNot: always }]);
  });
});
