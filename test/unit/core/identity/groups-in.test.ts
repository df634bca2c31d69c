import { describe, expect, it } from "vitest";
import type { Claims } from "../../../../functions/core/identity/claims.ts";
import { groupsIn } from "../../../../functions/core/identity/groups-in.ts";
import { Refusal } from "../../../../functions/core/refusal.ts";

const STAFF = { name: "staff", groupsClaim: "groups" };
const many = (count: number) => Array.from({ length: count }, (_, n) => `group-${n}`);

describe("a person's groups", () => {
  it.each<[string, Claims, readonly string[]]>([
    ["none", { groups: [] }, []],
    ["two, each once", { groups: ["sre", "data", "sre"] }, ["staff|sre", "staff|data"]],
    ["one with a bar in its name", { groups: ["a|b"] }, ["staff|a|b"]],
    ["one of 1024 characters", { groups: ["g".repeat(1_024)] }, [`staff|${"g".repeat(1_024)}`]],
    ["200 of them", { groups: many(200) }, many(200).map((name) => `staff|${name}`)],
    [
      "those of a token that claims to leave none out",
      { groups: ["sre"], hasgroups: false, _claim_names: {} },
      ["staff|sre"],
    ],
    [
      "those of a token that has another claim elsewhere",
      { groups: ["sre"], _claim_names: { roles: "x" } },
      ["staff|sre"],
    ],
  ])("are named with their issuer: %s", (_, claims, expected) => {
    expect(groupsIn(claims, STAFF)).toEqual(expected);
  });

  it("are found where the configuration puts them, a nested claim by its pointer", () => {
    expect(groupsIn({ realm: { roles: ["sre"] } }, { name: "idp", groupsClaim: "/realm/roles" })).toEqual(["idp|sre"]);
  });

  it("are none where the configuration names no claim", () => {
    expect(groupsIn({ groups: "all" }, { name: "staff" })).toEqual([]);
  });

  it.each<[string, Claims, RegExp]>([
    ["201 groups", { groups: many(201) }, /lists 201 groups, and may list 200/],
    ["no claim", {}, /must list your groups, and be \[\]/],
    ["a text", { groups: "sre" }, /must list your groups/],
    ["null", { groups: null }, /must list your groups/],
    ["an object", { groups: { 0: "sre", length: 1 } }, /must list your groups/],
    ["what every object has", { groups: undefined }, /must list your groups/],
    ["a number among them", { groups: ["sre", 7] }, /must list texts/],
    ["a list among them", { groups: [["contractors"]] }, /must list texts/],
    ["an empty group", { groups: [""] }, /must list texts/],
    ["a group of 1025 characters", { groups: ["g".repeat(1_025)] }, /must list texts/],
    ["half a character", { groups: ["\ud800"] }, /must list texts/],
    // Microsoft identity platform: "groups overage claim"; OpenID Connect Core 1.0, section 5.6.2.
    ["an overage", { _claim_names: { groups: "src1" }, _claim_sources: { src1: {} } }, /more groups than/],
    ["an overage beside some of the groups", { groups: ["sre"], _claim_names: { groups: "src1" } }, /more groups than/],
    ["an overage of another shape", { groups: ["sre"], _claim_names: ["groups"] }, /more groups than/],
    ["the implicit flow's overage", { groups: ["sre"], hasgroups: true }, /more groups than/],
    ["the same as a text", { groups: ["sre"], hasgroups: "true" }, /more groups than/],
  ])("I1: are refused where not every one is known: %s", (_, claims, sentence) => {
    try {
      groupsIn(claims, STAFF);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      expect([error.code, error.detail.say]).toEqual(["token_claims", expect.stringMatching(sentence)]);
      return;
    }
    throw new Error("nothing was refused");
  });
});
