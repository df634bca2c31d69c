import { describe, expect, it } from "vitest";
import type { Finding } from "../../../functions/policy/read/finding.ts";
import { policyFolder, REPORTS, rule, runPolicy } from "./run-policy.ts";

const BUDGET = '@budget("reads 3/1d agent")';
const BOUND = rule({ id: "bound", notes: BUDGET });

/** The findings on budgets, each with its policy. */
async function found(...texts: readonly string[]): Promise<readonly (readonly [string, string | undefined])[]> {
  const { out } = await runPolicy("check", policyFolder({ "a.cedar": texts.join("") }), "--json");
  const findings: readonly Finding[] = JSON.parse(out).folders[0].findings;
  return findings
    .filter(({ code }) => code.startsWith("budget") || code === "obligation_evaded")
    .map(({ code, policy }) => [code, policy]);
}

describe("a permit that makes a budget void", () => {
  it.each<[string, string]>([
    [
      "is wider in its actions alone",
      rule({ id: "y", action: 'action in Action::"s3:Read"', when: `${REPORTS} && resource.arn like "*/a"` }),
    ],
    ["is for a part of the resources", rule({ id: "y", when: `${REPORTS} && resource.arn like "*/2026/*"` })],
    [
      "is for every agent, while something holds",
      rule({ id: "y", principal: "principal is Agent", when: `${REPORTS} && context.ttl < 900` }),
    ],
    ["is for one agent, who may be of the team", rule({ id: "y", principal: 'principal == Agent::"a"' })],
    ["has another budget, which leaves more", rule({ id: "y", notes: '@budget("other 9/1d agent")' })],
    ["has the budget for another scope", rule({ id: "y", notes: '@budget("reads 9/1d tree")' })],
    [
      "has too many conditions to compare",
      rule({
        id: "y",
        when: `${REPORTS} && ${Array.from({ length: 7 }, (_, n) => `(context.ttl == ${n} || context.purpose == "${n}")`).join(" && ")}`,
      }),
    ],
  ])("is reported where it %s", async (_, other) => {
    expect((await found(other, BOUND)).map(([, policy]) => policy)).toContain("bound");
  });

  it.each<[string, string]>([
    ["has the same budget", rule({ id: "y", notes: BUDGET, when: `${REPORTS} && context.ttl < 900` })],
    [
      "asks people first, and so is never preferred",
      rule({ id: "y", notes: '@approval("sre")', when: `${REPORTS} && context.ttl < 900` }),
    ],
    [
      "requires a tag, and so is never preferred",
      rule({ id: "y", when: `${REPORTS} && resource.tags has a && resource.tags.a == "b"` }),
    ],
    [
      "requires a tag there, and none elsewhere",
      rule({
        id: "y",
        when: `resource.account == "111122223333" && (resource.arn like "arn:aws:s3:::other/*" || (${REPORTS} && resource.tags has a && resource.tags.a == "b"))`,
      }),
    ],
    ["is for another team", rule({ id: "y", principal: 'principal in Team::"web"' })],
    ["is for people", rule({ id: "y", principal: "principal is User" })],
    ["is for other actions", rule({ id: "y", action: 'action == Action::"s3:PutObject"' })],
    [
      "is for other resources",
      rule({ id: "y", when: 'resource.account == "111122223333" && resource.arn like "arn:aws:s3:::acme/other/*"' }),
    ],
    ["is watched alone", rule({ id: "y", notes: '@mode("shadow")' })],
    ["is a forbid", rule({ id: "y", effect: "forbid", when: `${REPORTS} && context.ttl < 900` })],
  ])("is not reported where it %s", async (_, other) => {
    expect((await found(other, BOUND)).filter(([, policy]) => policy === "bound")).toEqual([]);
  });

  it("is reported once where it permits all of it", async () => {
    expect(await found(rule({ id: "y", principal: "principal is Agent" }), BOUND)).toEqual([
      ["obligation_evaded", "bound"],
    ]);
  });

  it("is not reported for an action that it cannot grant, since that mints", async () => {
    const mints = 'action == Action::"sts:AssumeRole"';
    const when = 'resource.account == "111122223333"';
    const bound = rule({ id: "bound", notes: `${BUDGET} @outlives("why")`, action: mints, when });
    expect(await found(rule({ id: "y", action: mints, when: `${when} && context.ttl < 900` }), bound)).toEqual([]);
  });
});

describe("a budget that many agents share", () => {
  it.each([
    "reads 9/1d hub",
    "reads 9/1d team",
    "reads 9/1d hub, reads 9/1d agent",
    "reads 9/1d hub, few 1/1h agent",
    "reads 9/1d hub, reads 3/1d tree",
    "reads 9/1d hub, reads 3/1d person",
  ])("is reported where one agent can spend it: %s", async (budget) => {
    expect(await found(rule({ id: "x", notes: `@budget("${budget}")` }))).toEqual([["budget_shared", "x"]]);
  });

  it.each([
    "reads 9/1d hub, reads 8/1d agent",
    "reads 9/1d team, reads 2/6h agent",
    "reads 1/1d hub",
    "reads 9/1d agent",
    "reads 9/1d person",
    "reads 9/1d tree",
  ])("is not reported where none can alone, or where none can have less: %s", async (budget) => {
    expect(await found(rule({ id: "x", notes: `@budget("${budget}")` }))).toEqual([]);
  });
});

describe("one budget in two permits", () => {
  const write = (budget: string) =>
    rule({ id: "write", action: 'action == Action::"s3:PutObject"', notes: `@budget("${budget}")` });

  it.each(["reads 2/1d agent", "reads 3/2d agent"])("is reported with other terms, once: %s", async (budget) => {
    expect(await found(BOUND, write(budget))).toEqual([["budget_differs", "write"]]);
  });

  it.each(["reads 3/24h agent", "reads 9/1d person", "writes 9/1d agent"])(
    "is not reported with the same terms, another scope or another name: %s",
    async (budget) => {
      expect(await found(BOUND, write(budget))).toEqual([]);
    },
  );
});

describe("budgets of a chain of tasks", () => {
  const two = (id: string, names: string, principal: string) =>
    rule({ id, principal, notes: `@budget("${names[0]} 3/1d agent, ${names[1]} 3/1d agent")` });
  const above = two("above", "ab", 'principal in Team::"data"');

  it("are reported where they do not fit one transaction, though the agents of the chain are others", async () => {
    expect(await found(above, two("below", "cd", 'principal in Team::"web"'))).toEqual([["budgets_too_many", "above"]]);
  });

  it("are not reported where they fit, or where no call is in both", async () => {
    expect(await found(above, two("below", "bc", 'principal in Team::"web"'))).toEqual([]);
    const elsewhere = two("below", "cd", 'principal in Team::"web"').replace("GetObject", "PutObject");
    expect(await found(above, elsewhere)).toEqual([]);
  });
});
