import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DefinedCondition } from "../../../functions/core/conditions/defined-condition.ts";
import { conditionsIn } from "../../../functions/policy/clauses/conditions.ts";
import { preparePolicies } from "../../../functions/policy/prepare-policies.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { jsonOf } from "../core/cedar-of.ts";
import { folderWith } from "./folder.ts";
import { policyFolder, rule, runPolicy, SCHEMA } from "./run-policy.ts";

const FREEZE = 'context.conditions.contains("freeze")';
const usesIn = (clauses: string, effect = "permit") =>
  conditionsIn(jsonOf(`${effect} (principal, action, resource) ${clauses};`));
const restricts = (...names: readonly string[]) => names.map((name) => ({ name, does: "restricts" }));
const permits = (...names: readonly string[]) => names.map((name) => ({ name, does: "permits" }));

describe("the conditions that a policy reads", () => {
  it.each([
    ["when", "permit", permits("freeze")],
    ["unless", "permit", restricts("freeze")],
    ["when", "forbid", restricts("freeze")],
    ["unless", "forbid", permits("freeze")],
  ])("in the %s of a %s", (kind, effect, expected) => {
    expect(usesIn(`${kind} { ${FREEZE} }`, effect)).toEqual(expected);
  });

  it.each([
    [`unless { !(${FREEZE}) }`, permits("freeze")],
    [`unless { !(!(${FREEZE})) }`, restricts("freeze")],
    ['when { context["conditions"].containsAny(["a", "b"]) }', permits("a", "b")],
    ['when { context["\\u{63}onditions"].containsAll(["a", "b"]) }', permits("a", "b")],
    [
      `when { !(${FREEZE}) || context.conditions.contains("a") && !context.conditions.containsAny(["b", "c"]) }`,
      [...restricts("freeze"), ...permits("a"), ...restricts("b", "c")],
    ],
    [`when { ${FREEZE} || !(${FREEZE} && ${FREEZE}) }`, [...permits("freeze"), ...restricts("freeze")]],
    [`when { ${FREEZE} } when { resource.tags.env == "dev" } unless { context.ttl < 900 }`, permits("freeze")],
    ['when { resource.tags has conditions && resource.tags.conditions == "a" }', []],
    ["", []],
  ])("%s", (clauses, expected) => {
    expect(usesIn(clauses)).toEqual(expected);
  });

  it.each([
    [
      `when { (!${FREEZE} && resource.tags.env == "dev") || resource.tags.team == "ops" }`,
      'resource.tags.env == "dev"',
    ],
    [`when { ${FREEZE} && context.ttl < 900 }`, "context.ttl < 900"],
    [`when { ${FREEZE} && (principal is Agent) }`, "principal is Agent"],
    [
      `when { if ${FREEZE} then resource.tags.a == "b" else false }`,
      `if ${FREEZE} then resource.tags.a == "b" else false`,
    ],
  ])("are a mixture in %s", (clauses, text) => {
    expect(usesIn(clauses)).toEqual({ fault: "mixed", text: expect.stringContaining(text) });
  });

  it.each([
    `when { ${FREEZE} && true }`,
    `when { if ${FREEZE} then true else false }`,
    `when { ${FREEZE} == true }`,
    "when { context has conditions }",
    "when { context has conditions.freeze }",
    "when { context.conditions.isEmpty() }",
    "when { context.conditions.containsAny([]) }",
    "when { context.conditions.containsAll([]) }",
    "when { context.conditions.contains(1) }",
    'when { context.conditions.containsAny(["a", 1]) }',
    'when { context.conditions.contains(["a"]) }',
    'when { context.conditions.containsAny("a") }',
    "when { context.conditions.contains(context.purpose) }",
    "when { context.conditions.containsAny([context.purpose]) }",
    'when { ["a"].containsAll(context.conditions) }',
    'when { context.conditions == ["a"] }',
    "when { context.conditions == principal.labels }",
    "when { [context].contains(context) }",
    '{now: context}.now.conditions.contains("a")',
    '(if true then context else context).conditions.contains("a")',
    "context == context",
  ])("have an unknown effect in %s", (clause) => {
    const clauses = clause.startsWith("when") ? clause : `when { ${clause} }`;
    expect(usesIn(`when { resource.tags.env == "dev" } ${clauses}`)).toEqual({
      fault: "form",
      text: expect.any(String),
    });
  });
});

const CONDITIONS = [
  { name: "freeze", kind: "restricts" },
  { name: "incident", kind: "permits" },
];
const policyWith = (clause: string, effect: "permit" | "forbid" = "permit") =>
  rule({ effect }).replace(/;\s*$/, ` ${clause};\n`);

/** Codes of the findings for policies beside a `valetkey.json` with these sections. */
async function found(text: string, config?: object): Promise<readonly string[]> {
  const folder = folderWith({
    ...(config === undefined ? {} : { "valetkey.json": JSON.stringify(config) }),
    "policies/schema.cedarschema": SCHEMA,
    "policies/a.cedar": text,
  });
  const { out } = await runPolicy("check", join(folder, "policies"), "--json");
  return JSON.parse(out).folders[0].findings.map(({ code, message }: { code: string; message: string }) =>
    code === "condition_against_kind" ? message : code,
  );
}

describe("a condition in a policy", () => {
  const USES = `${policyWith(`unless { ${FREEZE} }`)}${rule({ id: "more", when: "context.ttl < 900" }).replace(/;\s*$/, ' when { context.conditions.contains("incident") };')}`;

  it("has no finding where it has the effect of its kind", async () => {
    expect(await found(USES, { conditions: CONDITIONS })).not.toContainEqual(expect.stringContaining("condition"));
  });

  it("is unknown where valetkey.json defines none, and unchecked where there is no valetkey.json", async () => {
    expect(await found(policyWith(`unless { ${FREEZE} }`), {})).toEqual(["condition_unknown"]);
    expect(await found(policyWith(`unless { ${FREEZE} }`), { conditions: [{ name: "freeze" }] })).toEqual([
      "condition_unknown",
    ]);
    expect(await found(policyWith(`unless { ${FREEZE} }`))).toEqual([]);
    expect(await found(policyWith(`when { ${FREEZE} && context.ttl < 900 }`))).toEqual(["condition_mixed"]);
  });

  it("in a policy in shadow mode counts too, since the mode is taken away one day", async () => {
    const watched = policyWith(`when { ${FREEZE} }`).replace(" permit", ' @mode("shadow") permit');
    expect(await found(watched, { conditions: CONDITIONS.slice(0, 1) })).toEqual([
      expect.stringContaining("permits more"),
    ]);
  });

  it.each<[string, "permit" | "forbid", string, string]>([
    [
      "when",
      "permit",
      "freeze",
      'while "freeze" holds, this permits more, .* restricts: .*; a permit reads it in `unless`',
    ],
    [
      "unless",
      "permit",
      "incident",
      'while "incident" holds, this permits less, .* permits: .*; a permit reads it in `when`',
    ],
    [
      "unless",
      "forbid",
      "freeze",
      'while "freeze" holds, this forbids less, .* restricts: .*; a forbid reads it in `when`',
    ],
    [
      "when",
      "forbid",
      "incident",
      'while "incident" holds, this forbids more, .* permits: .*; a forbid reads it in `unless`',
    ],
  ])("is against its kind in the %s of a %s: %s", async (kind, effect, name, message) => {
    const text = policyWith(`${kind} { context.conditions.contains("${name}") }`, effect);
    expect(await found(text, { conditions: CONDITIONS })).toContainEqual(
      expect.stringMatching(`^${message}, without a`),
    );
  });

  it("is not unused beside a clause that cannot be read, which may be meant for it", async () => {
    const mixed = policyWith(`when { ${FREEZE} && context.ttl < 900 }`);
    expect(await found(mixed, { conditions: CONDITIONS })).toEqual(["condition_mixed"]);
  });

  it("is an attribute that operations of people do not have, which Cedar's schema refuses", async () => {
    const operation = `@id("x") permit (principal is User, action == Action::"valetkey:EndTask", resource) unless { ${FREEZE} };`;
    expect(await found(operation, { conditions: CONDITIONS })).toContain("schema_violation");
  });
});

describe("the build", () => {
  const folder = policyFolder({ "a.cedar": policyWith(`unless { ${FREEZE} }`) });

  it("refuses a condition that the deployment does not define, and one against its kind", () => {
    const freeze = { name: "freeze", kind: "restricts", scopes: ["hub"], longestSeconds: 60 } as const;
    const build = (...conditions: readonly DefinedCondition[]) =>
      preparePolicies(folder, catalogue, [], { conditions });
    expect(build(freeze).policies).toHaveLength(1);
    expect(() => build()).toThrow("condition_unknown");
    expect(() => build({ ...freeze, name: "incident" })).toThrow("condition_unknown");
    expect(() => build({ ...freeze, kind: "permits" })).toThrow("condition_against_kind");
    expect(() => preparePolicies(folder, catalogue)).toThrow("condition_unknown");
  });
});
