import { describe, expect, it } from "vitest";
import { excludedPeople } from "../../../../functions/core/approvals/excluded-people.ts";
import { eligible } from "../../../../functions/core/approvals/fill-slots.ts";
import { registeredBy } from "../../../../functions/core/identity/shapers.ts";

const NOW = 1_800_000_000;
const ISSUERS = [
  { name: "staff", kind: "people" },
  { name: "partners", kind: "people" },
  { name: "robots", kind: "agents" },
] as const;
const ONE = [{ group: "sre", count: 1 }];
const TWO = [{ group: "sre", count: 2 }];
const demo = { owner: "staff|owner", shapers: registeredBy("staff|registrar", NOW) };

/** Returns which of these people may vote. */
function voters(
  agents: Parameters<typeof excludedPeople>[0],
  needed = ONE,
  persons: Parameters<typeof excludedPeople>[1] = [],
): readonly string[] {
  const excluded = excludedPeople(agents, persons, needed, ISSUERS, NOW);
  const all = ["staff|owner", "staff|registrar", "staff|bob", "partners|owner", "partners|carol"].map((id) => {
    const [issuer = "", value = ""] = id.split("|");
    return { person: { issuer, value }, groups: ["sre"] };
  });
  return eligible(all, needed, excluded)
    .map(({ person }) => `${person.issuer}|${person.value}`)
    .toSorted();
}

describe("I9a: people who may not approve", () => {
  it("the owner alone, and who registered the agent; their namesakes at another issuer may", () => {
    expect(voters([demo])).toEqual(["partners|carol", "partners|owner", "staff|bob"]);
    expect(voters([demo], TWO)).toEqual(["partners|carol", "partners|owner", "staff|bob", "staff|owner"]);
  });

  it("the person for whom the task acts", () => {
    expect(voters([demo], ONE, [{ issuer: "staff", value: "bob" }])).not.toContain("staff|bob");
  });

  it("owner and shapers of an agent above, which could have its child send the request", () => {
    const parent = { owner: "partners|owner", shapers: registeredBy("staff|bob", NOW) };
    expect(voters([demo, parent])).toEqual(["partners|carol"]);
  });

  it.each([
    ["an e-mail address", "owner@acme.test"],
    ["a person of an issuer that is not configured", "former|owner"],
    ["a person of an agents' issuer", "robots|owner"],
  ])("everybody, alone, where the owner is %s: the owner could be any of them", (_, owner) => {
    expect(voters([{ ...demo, owner }])).toEqual([]);
    expect(voters([{ ...demo, owner }], TWO)).toContain("staff|bob");
  });

  it("everybody, whatever the number of votes, where nobody knows who registered the agent, or it is gone", () => {
    for (const agents of [[{ owner: "staff|owner" }], [demo, undefined]])
      for (const needed of [ONE, TWO]) expect(voters(agents, needed)).toEqual([]);
  });

  it("everybody where a shaper is of an issuer that is not configured any more", () => {
    expect(voters([{ ...demo, shapers: registeredBy("former|x", NOW) }], TWO)).toEqual([]);
  });
});
