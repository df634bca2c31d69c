import { describe, expect, it } from "vitest";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { unaskedGroups } from "../../../functions/policy/read/unasked-groups.ts";

const ISSUERS = [
  { name: "robots", kind: "agents" },
  { name: "staff", kind: "people", groupsClaim: "groups" },
  { name: "guests", kind: "people" },
] as const;

const found = (principal: string, when = "true", issuers?: Parameters<typeof unaskedGroups>[1]) => {
  const [policy] = parsePolicies({
    name: "a.cedar",
    path: "a.cedar",
    text: `@id("x")\nforbid (${principal}, action, resource) when { ${when} };`,
  });
  if (!policy) throw new Error("no policy");
  return unaskedGroups(policy.json, issuers).map(({ text, sentence }) => [text, sentence]);
};

describe("a group of people that nobody can be in", () => {
  it.each([
    ['principal in Group::"sre"', "true", 'Group::"sre"', /write Group::"<issuer>\|sre"$/],
    ['principal is User in Group::"sre"', "true", 'Group::"sre"', /by its issuer/],
    ["principal is User", 'principal in [Group::"staff|sre", Group::"ops"]', 'Group::"ops"', /by its issuer/],
    ["principal", 'principal in Group::"staff|"', 'Group::"staff|"', /by its issuer/],
    ["principal", 'principal in Group::"Staff|sre"', 'Group::"Staff|sre"', /by its issuer/],
    [
      "principal is User",
      'principal.groups.contains("sre")',
      "principal.groups",
      /no attribute groups; write principal in Group/,
    ],
    [
      "principal",
      'principal has groups && principal.groups.contains("sre")',
      "principal.groups",
      /no attribute groups/,
    ],
  ])("is found in %s when { %s }", (principal, when, text, sentence) => {
    expect(found(principal, when)).toEqual([[text, expect.stringMatching(sentence)]]);
  });

  it.each([["robots"], ["guests"], ["stff"]])("is one of an issuer that lists no groups: %s", (issuer) => {
    expect(found(`principal in Group::"${issuer}|sre"`, "true", ISSUERS)).toEqual([
      [`Group::"${issuer}|sre"`, expect.stringMatching(`no people's issuer "${issuer}" with a groupsClaim.*: staff$`)],
    ]);
    expect(found(`principal in Group::"${issuer}|sre"`)).toEqual([]);
  });

  it("is any group where no issuer lists groups", () => {
    expect(found('principal in Group::"staff|sre"', "true", [])).toEqual([
      ['Group::"staff|sre"', expect.stringMatching(/those with one: none$/)],
    ]);
  });

  it("is not one of an issuer that lists them, nor what else is called groups", () => {
    expect(found('principal in Group::"staff|sre"', "true", ISSUERS)).toEqual([]);
    expect(found("principal", 'principal.getTag("groups") == "x" && resource.groups == "y"', ISSUERS)).toEqual([]);
  });
});
