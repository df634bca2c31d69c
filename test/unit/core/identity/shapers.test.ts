import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { DEFAULT_LIMITS } from "../../../../contract/limits.ts";
import type { Registration } from "../../../../functions/core/identity/agent.ts";
import { registeredBy, shapersAfter, shapersAt } from "../../../../functions/core/identity/shapers.ts";
import { Refusal } from "../../../../functions/core/refusal.ts";

const DAY = 86_400;
const NOW = 1_800_000_000;
const agent: Registration = {
  id: agentId("demo"),
  name: "Demo",
  owner: "staff|owner",
  team: "demo",
  bindings: [],
  limits: DEFAULT_LIMITS,
  createdAt: NOW,
  shapers: registeredBy("staff|registrar", NOW),
};
const names = (shapers: Registration["shapers"]) => shapers?.map(({ by }) => by);

describe("shapers of an agent", () => {
  it.each([
    ["owner", { owner: "staff|other" }],
    ["team", { team: "other" }],
    ["labels", { labels: ["deployer"] }],
    ["limits", { limits: { ...DEFAULT_LIMITS, liveTasks: 1 } }],
    ["bindings", { bindings: [{ issuer: "robots", claims: { sub: "other" } }] }],
  ])("a change of its %s makes its author one", (_, change) => {
    expect(names(shapersAfter(agent, { ...agent, ...change }, "staff|alice", NOW))).toEqual([
      "staff|registrar",
      "staff|alice",
    ]);
  });

  it.each([
    ["name", { name: "Other" }],
    ["contact", { contact: "other@acme.test" }],
    ["end", { endsAt: NOW + DAY }],
    ["owner to the same owner", { owner: "staff|owner" }],
  ])("a change of its %s makes nobody one", (_, change) => {
    expect(names(shapersAfter(agent, { ...agent, ...change }, "staff|alice", NOW))).toEqual(["staff|registrar"]);
  });

  it("stay for seven days after their last change, and the person who registered it stays for ever", () => {
    const shapers = shapersAfter(agent, { ...agent, team: "a" }, "staff|alice", NOW) ?? [];
    expect(names(shapersAt(shapers, NOW + 7 * DAY - 1))).toEqual(["staff|registrar", "staff|alice"]);
    expect(names(shapersAt(shapers, NOW + 7 * DAY))).toEqual(["staff|registrar"]);
    const again: Registration["shapers"] =
      shapersAfter({ ...agent, shapers }, { ...agent, team: "b" }, "staff|alice", NOW + 6 * DAY) ?? [];
    expect(names(shapersAt(again, NOW + 12 * DAY))).toEqual(["staff|registrar", "staff|alice"]);
  });

  it("the registrant who changes the agent stays its registrant", () => {
    const shapers = shapersAfter(agent, { ...agent, team: "a" }, "staff|registrar", NOW) ?? [];
    expect(names(shapersAt(shapers, NOW + 100 * DAY))).toEqual(["staff|registrar"]);
  });

  it("are 16 at most: a 17th person is refused, and no earlier one is forgotten", () => {
    let shapers = agent.shapers;
    const change = (by: string, team: string) =>
      shapersAfter({ ...agent, ...(shapers && { shapers }) }, { ...agent, team }, by, NOW);
    for (let n = 1; n < 16; n += 1) shapers = change(`staff|p${n}`, `team-${n}`);
    expect(shapers).toHaveLength(16);
    expect(() => change("staff|p16", "last")).toThrow(Refusal);
    expect(change("staff|p3", "last")).toHaveLength(16);
  });

  it("stay unknown where nobody knows who registered the agent", () => {
    const { shapers: _, ...old } = agent;
    expect(shapersAfter(old, { ...old, team: "a" }, "staff|alice", NOW)).toBeUndefined();
  });
});
