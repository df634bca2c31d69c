import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../../../contract/limits.ts";
import { AGENT_ID } from "../../../../contract/names.ts";
import { type Agent, isActive, isAtLeast, summaryOf } from "../../../../functions/core/identity/agent.ts";

describe("an agent", () => {
  it.each([
    ["active without an end", { status: "active" }, 100, true],
    ["active before its end", { status: "active", endsAt: 101 }, 100, true],
    ["at its end", { status: "active", endsAt: 100 }, 100, false],
    ["past its end", { status: "active", endsAt: 99 }, 100, false],
    ["suspended", { status: "suspended" }, 100, false],
    ["suspended before its end", { status: "suspended", endsAt: 101 }, 100, false],
  ] as const)("I1: %s may be given something: %#", (_name, agent, nowSeconds, expected) => {
    expect(isActive(agent, nowSeconds)).toBe(expected);
  });

  it("is as final as its status: a request for an earlier one is never a step back", () => {
    const order = ["active", "suspended", "offboarding", "offboarded"] as const;
    for (const [index, status] of order.entries()) {
      expect(order.map((least) => isAtLeast(status, least))).toEqual(order.map((_, least) => least <= index));
      expect(isActive({ status }, 100)).toBe(status === "active");
    }
  });

  it("is in a list with the facts that decide whether anything is due for it, and no more", () => {
    const known = {
      id: agentId("reporter"),
      name: "R",
      owner: "ada",
      team: "data",
      status: "active",
      createdAt: 1,
    } as const;
    const rest = { bindings: [], limits: DEFAULT_LIMITS, chain: { n: 1, hash: "h" } };
    const dates = { endsAt: 4, confirmedAt: 2, warnedDays: 14 };
    const agent: Agent = { ...known, ...rest };
    expect(summaryOf(agent)).toEqual(known);
    expect(Object.keys(summaryOf(agent))).toHaveLength(6);
    expect(summaryOf({ ...agent, ...dates })).toEqual({ ...known, ...dates });
  });

  it.each(["ab", "reporter", "a-1", "0-9", "a".repeat(64)])("may be called %s", (id) => {
    expect(AGENT_ID.test(id)).toBe(true);
    // STS's SourceIdentity
    expect(id).toMatch(/^[\w+=,.@-]{2,64}$/);
  });

  it.each(["", "a", "-a", "a-", "A1", "a_b", "a.b", "a*", "a b", "ab\n", "é1", "a".repeat(65)])("is never %j", (id) => {
    expect(AGENT_ID.test(id)).toBe(false);
  });
});
