import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith } from "./folder.ts";
import { rule, runPolicy, SCHEMA } from "./run-policy.ts";

const VOTING = { console: { clientId: "c" }, approvals: { clientId: "a", freshness: "auth_time" } };
const ENTRA = [{ name: "staff", kind: "people", preset: "entra", ...VOTING }];
const OTHER = [{ name: "staff", kind: "people", preset: "generic", ...VOTING }];
const persons = (...names: readonly string[]) => ({ issuer: "staff", persons: names });
const byClaim = (value: string) => ({ issuer: "staff", claim: "groups", value });
const UUID = "8f1c0c1e-0d4e-4b8a-9a53-0c8f6f1d2e3a";

/** Checks permits that require these votes, under these groups. */
async function found(
  asked: readonly string[],
  approvers?: Readonly<Record<string, object>>,
  issuers: readonly object[] = OTHER,
  more: object = { stepUp: true },
) {
  const policies = asked.map((groups, index) =>
    rule({ id: `rule-${index}`, notes: `@approval("${groups}")`, when: `resource.account == "11112222333${index}"` }),
  );
  const folder = folderWith({
    "valetkey.json": JSON.stringify(approvers === undefined ? { accounts: [] } : { issuers, approvers, ...more }),
    "policies/schema.cedarschema": SCHEMA,
    "policies/a.cedar": policies.join(""),
  });
  const { out } = await runPolicy("check", join(folder, "policies"), "--json");
  const [{ findings }] = JSON.parse(out).folders;
  return findings.map(({ code, policy }: { code: string; policy: string }) => [code, policy]);
}

describe("an @approval", () => {
  it.each(["", "sre=0", "sre=6", "sre,sre", "sre=2,sre", "sre,", "sre=01", "a1,b1,c1,d1"])(
    "of the text %j is an error",
    async (text) => {
      expect(await found([text], { sre: byClaim(UUID) })).toContainEqual(["annotation_value", "rule-0"]);
    },
  );

  it("of a group that valetkey.json lacks is an error in each policy, and no other fault hides it", async () => {
    expect(await found(["sre=2,dba", "dba"], { sre: byClaim(UUID) })).toEqual([
      ["unknown_group", "rule-0"],
      ["unknown_group", "rule-1"],
    ]);
    expect(await found(["sre"], {})).toEqual([["unknown_group", "rule-0"]]);
  });

  it.each<[string, string, Readonly<Record<string, object>>, readonly string[]]>([
    ["two of one listed person", "leads=2", { leads: persons("ada") }, ["unfillable_approval"]],
    ["two of one person listed twice", "leads=2", { leads: persons("ada", "ada") }, ["unfillable_approval"]],
    ["one person in two groups", "leads,sec", { leads: persons("ada"), sec: persons("ada") }, ["unfillable_approval"]],
    ["as many as there are", "leads=2", { leads: persons("ada", "bob") }, ["irreplaceable_approver"]],
    [
      "one more in all, and one person alone in a group",
      "leads,sec",
      { leads: persons("ada"), sec: persons("bob", "cy") },
      ["irreplaceable_approver"],
    ],
    ["one more in the group", "leads=2", { leads: persons("ada", "bob", "cy") }, []],
    ["one more, who is in both groups", "leads,sec", { leads: persons("ada", "cy"), sec: persons("bob", "cy") }, []],
    ["a group of the issuer's own", "sre=5", { sre: byClaim(UUID) }, []],
    [
      "too few beside a group of the issuer's own",
      "sre,leads=2",
      { sre: byClaim(UUID), leads: persons("ada") },
      ["unfillable_approval"],
    ],
  ])("for %s", async (_case, groups, approvers, codes) => {
    expect(await found([groups], approvers)).toEqual(codes.map((code) => [code, "rule-0"]));
  });

  it("counts people of two issuers as two people, though their ids are equal", async () => {
    const approvers = { leads: persons("7"), sec: { issuer: "partners", persons: ["7"] } };
    expect(await found(["leads,sec"], approvers)).toEqual([["irreplaceable_approver", "rule-0"]]);
  });

  it("of a group known by name is found once, by what the issuer's preset has", async () => {
    const named = { sre: byClaim("Site Reliability") };
    expect(await found(["sre", "sre=2"], named, ENTRA)).toEqual([["group_by_name", "rule-0"]]);
    expect(await found(["sre", "sre=2"], named)).toEqual([["group_may_be_renamed", "rule-0"]]);
    expect(await found(["sre"], { sre: byClaim("00g1a2b3c4d5e6f7g8h9") })).toEqual([]);
    expect(await found(["sre"], { sre: byClaim("00g1a2b3c4d5e6f7g8h9") }, ENTRA)).toEqual([
      ["group_by_name", "rule-0"],
    ]);
    expect(await found(["sre"], { sre: byClaim(UUID), unused: byClaim("x") }, ENTRA)).toEqual([]);
  });

  it("reports once where operators' acts take no vote, and of whom they could take none", async () => {
    const approvers = { sre: byClaim(UUID) };
    expect(await found(["sre", "sre=2"], approvers, OTHER, {})).toEqual([["step_up_off", "rule-0"]]);
    expect(await found([], approvers, OTHER, {})).toEqual([]);
    const [staff] = OTHER;
    for (const [issuer, codes] of [
      [{ ...staff, name: "hub", approvals: { freshness: "auth_time", tokenExchange: "hub" } }, ["step_up_impossible"]],
      [{ ...staff, name: "acr", approvals: { freshness: "acr" } }, ["step_up_impossible"]],
      [{ ...staff, name: "named", approvals: { freshness: "acr", acr: ["phr"] } }, []],
      [{ ...staff, name: "page", console: undefined }, ["step_up_impossible"]],
      [{ ...staff, name: "none", approvals: undefined }, ["step_up_impossible"]],
      [{ ...staff, name: "agents", kind: "agents", approvals: undefined }, []],
      [{ ...staff, name: "other" }, []],
    ] as const)
      expect(await found(["sre"], approvers, [...OTHER, issuer])).toEqual(codes.map((code) => [code, "rule-0"]));
  });

  it("is unchecked where valetkey.json names no issuers, which the check reports once", async () => {
    expect(await found(["sre", "dba"])).toEqual([["groups_unchecked", "rule-0"]]);
    expect(await found([])).toEqual([]);
  });
});

describe("a group of people in a policy", () => {
  it("is checked against the issuers of valetkey.json, as the build does", async () => {
    const folder = folderWith({
      "valetkey.json": JSON.stringify({ issuers: [{ ...OTHER[0], groupsClaim: "groups" }] }),
      "policies/schema.cedarschema": SCHEMA,
      "policies/a.cedar": `@id("x") permit (principal is User in Group::"login|sre", action == Action::"valetkey:EndTask", resource);`,
    });
    const { out } = await runPolicy("check", join(folder, "policies"));
    expect(out).toMatch(/unasked_name {2}.*those with one: staff/);
  });
});
