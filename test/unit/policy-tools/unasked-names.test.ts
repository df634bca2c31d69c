import { describe, expect, it } from "vitest";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { unaskedNames } from "../../../functions/policy/read/unasked-names.ts";

const namesIn = (resource: string, when = "true", action = 'action == Action::"github:Read"') => {
  const text = `@id("x")\npermit (principal, ${action}, ${resource}) when { ${when} };`;
  const [policy] = parsePolicies({ name: "a.cedar", path: "a.cedar", text });
  if (!policy) throw new Error("no policy");
  return unaskedNames(policy.json).map((each) => [each.text, /write "(.*)"$/.exec(each.sentence)?.[1]]);
};

describe("a repository that no request can have", () => {
  it.each([
    ['resource in Repository::"acme/Site"', 'Repository::"acme/Site"', "acme/site"],
    ['resource in Repository::"ACME/site"', 'Repository::"ACME/site"', "acme/site"],
    ['resource in Repository::"acme"', 'Repository::"acme"', undefined],
    ['resource in Repository::"acme/site.git"', 'Repository::"acme/site.git"', undefined],
    ['resource in Repository::"acme/*"', 'Repository::"acme/*"', undefined],
    [
      'resource == RepositoryPermission::"acme/Site:contents"',
      'RepositoryPermission::"acme/Site:contents"',
      "acme/site:contents",
    ],
    ['resource == RepositoryPermission::"contents"', 'RepositoryPermission::"contents"', undefined],
  ])("is found in %s", (resource, text, write) => {
    expect(namesIn(resource)).toEqual([[text, write]]);
  });

  it.each([
    ['resource.repository == "acme/Site"', '"acme/Site"', "acme/site"],
    ['"acme/Site" != resource.repository', '"acme/Site"', "acme/site"],
    ['resource.owner == "Acme"', '"Acme"', "acme"],
    ['["acme", "Acme"].contains(resource.owner)', '"Acme"', "acme"],
    ['resource.repository like "Acme/*"', '"Acme/*"', "acme/*"],
    ['resource in Repository::"acme/Site"', 'Repository::"acme/Site"', "acme/site"],
  ])("is found in when { %s }", (when, text, write) => {
    expect(namesIn("resource", when)).toEqual([[text, write]]);
  });

  it.each([
    ['resource in Repository::"acme/site"', "true"],
    ['resource == RepositoryPermission::"acme/site:pull_requests"', "true"],
    ['resource == Secret::"Reports/Key"', "true"],
    ["resource", 'resource.owner == "acme" && resource.permission == "Contents"'],
    ["resource", 'resource.repository like "acme/*"'],
    // GitHub's claims about the repository are in GitHub's own spelling.
    ["resource", 'principal.getTag("repository") == "Acme/Site"'],
    ["resource", 'context.owner == "Acme"'],
    ["resource", "resource.owner == principal.owner"],
  ])("is not found in %s when { %s }", (resource, when) => {
    expect(namesIn(resource, when)).toEqual([]);
  });

  it("is not the owner of an agent", () => {
    const when = 'resource.owner == "staff|Alice"';
    expect(namesIn("resource is Agent", when, 'action == Action::"valetkey:ConfirmAgent"')).toEqual([]);
    expect(namesIn("resource", when, "action")).toEqual([]);
    expect(namesIn("resource is RepositoryPermission", when, "action")).toHaveLength(1);
    expect(namesIn('resource in Repository::"acme/site"', when, "action")).toHaveLength(1);
  });

  it("is reported once, however often it is named", () => {
    expect(
      namesIn('resource in Repository::"acme/Site"', 'resource.owner == "A" || resource.owner == "A"'),
    ).toHaveLength(2);
  });
});
