import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  eligible,
  exclusionOf,
  fillSlots,
  isFilled,
  type Voter,
} from "../../../../functions/core/approvals/fill-slots.ts";
import { CONSENT, type NeededVotes } from "../../../../functions/core/policy/needed-votes.ts";

const person = (value: string, issuer = "staff") => ({ issuer, value });
const voter = (value: string, ...groups: string[]): Voter => ({ person: person(value), groups });
const nobody = { people: [], unresolvedIssuers: [] };

describe("I9a: distinct people fill the slots", () => {
  it("one person in two groups fills one slot", () => {
    const needed = [
      { group: "sre", count: 1 },
      { group: "security", count: 1 },
    ];
    const one = [voter("alice", "sre", "security")];
    expect(isFilled(fillSlots(one, needed))).toBe(false);
    expect(isFilled(fillSlots([...one, voter("bob", "sre")], needed))).toBe(true);
  });

  it("moves a person to another slot where that fills more", () => {
    const needed = [
      { group: "security", count: 1 },
      { group: "sre", count: 1 },
    ];
    const filled = fillSlots([voter("alice", "security", "sre"), voter("bob", "security")], needed);
    expect(filled.map(({ group, people }) => [group, people.map(({ value }) => value)])).toEqual([
      ["security", ["bob"]],
      ["sre", ["alice"]],
    ]);
  });

  it("two votes of one person are one voter", () => {
    const voters = eligible([voter("alice", "sre"), voter("alice", "sre")], [{ group: "sre", count: 2 }], nobody);
    expect(isFilled(fillSlots(voters, [{ group: "sre", count: 2 }]))).toBe(false);
  });

  it("the same value at another issuer is another person", () => {
    const voters = [voter("alice", "sre"), { person: person("alice", "partners"), groups: ["sre"] }];
    const needed = [{ group: "sre", count: 2 }];
    expect(isFilled(fillSlots(eligible(voters, needed, nobody), needed))).toBe(true);
  });

  it("fills exactly when every choice of distinct people was tried", () => {
    const groups = ["aa", "bb", "cc"];
    const voters = fc.array(fc.subarray(groups), { maxLength: 5 });
    const needed = fc.uniqueArray(
      fc.record({ group: fc.constantFrom(...groups), count: fc.integer({ min: 1, max: 2 }) }),
      {
        selector: ({ group }) => group,
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(voters, needed, (memberships, slots) => {
        const all = memberships.map((each, index) => voter(`p${index}`, ...each));
        expect(isFilled(fillSlots(all, slots))).toBe(canFill(memberships, slots));
      }),
      { numRuns: 300 },
    );
  });
});

/** Tries every assignment of people to slots. */
function canFill(memberships: readonly (readonly string[])[], needed: readonly NeededVotes[]): boolean {
  const slots = needed.flatMap(({ group, count }) => Array.from({ length: count }, () => group));
  const tryFrom = (slot: number, used: readonly number[]): boolean =>
    slot === slots.length ||
    memberships.some(
      (groups, index) =>
        !used.includes(index) && groups.includes(slots[slot] ?? "") && tryFrom(slot + 1, [...used, index]),
    );
  return tryFrom(0, []);
}

describe("people who may not vote", () => {
  const one = [{ group: "sre", count: 1 }];
  const two = [{ group: "sre", count: 2 }];

  it("the person for whom the task acts, and whoever shaped the agent (vault#19214: self-approval)", () => {
    const excluded = { ...nobody, people: [person("alice")] };
    expect(
      eligible([voter("alice", "sre"), voter("bob", "sre")], two, excluded).map((each) => each.person.value),
    ).toEqual(["bob"]);
  });

  it("the person for whom the task acts fills the slot of their own consent, and no other", () => {
    const own = { people: [person("alice")], actedFor: [person("alice")], owners: [person("alice")] };
    const excluded = { ...nobody, ...own, unresolvedIssuers: ["staff"] };
    const both = [CONSENT, ...one];
    const [alice] = eligible([voter("alice", "sre", "@person")], both, excluded);
    expect(alice?.groups).toEqual(["@person"]);
    expect(exclusionOf(voter("alice", "sre", "@person"), both, excluded)).toBeUndefined();
    expect(exclusionOf(voter("alice", "sre", "@person"), one, excluded)).toBe("acted_for");
    expect(exclusionOf(voter("alice", "sre"), both, excluded)).toBe("acted_for");
  });

  it("a shaper by the rule that lasts longest: whoever registered the agent, then whoever changed it", () => {
    const people = [person("alice"), person("bob"), person("carol")];
    const excluded = { ...nobody, people, actedFor: [person("alice")], registrants: [person("alice"), person("bob")] };
    const rules = ["alice", "bob", "carol", "dave"].map((each) => exclusionOf(voter(each, "sre"), one, excluded));
    expect(rules).toEqual(["acted_for", "registered_agent", "changed_agent", undefined]);
  });

  it("the owner, where that vote would be the only one", () => {
    const excluded = { ...nobody, owners: [person("alice")] };
    expect(eligible([voter("alice", "sre")], one, excluded)).toEqual([]);
    expect(eligible([voter("alice", "sre")], two, excluded)).toHaveLength(1);
    expect(eligible([voter("alice", "sre")], [CONSENT, ...one], excluded)).toEqual([]);
  });

  it("everybody of an issuer whose owner or shaper could not be resolved to a person", () => {
    const excluded = { ...nobody, unresolvedIssuers: ["staff"] };
    const partner = { person: person("carol", "partners"), groups: ["sre"] };
    expect(eligible([voter("alice", "sre"), partner], one, excluded)).toEqual([partner]);
  });
});
