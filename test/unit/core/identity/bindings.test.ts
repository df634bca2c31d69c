import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { agentsBoundTo, clashing, overlap } from "../../../../functions/core/identity/bindings.ts";

const token = { repository_id: 4711, ref: "refs/heads/main", environment: "prod" };

describe("the agents bound to a token", () => {
  it.each([
    ["whose every required claim it carries", { repository_id: "4711", ref: "refs/heads/main" }, ["reporter"]],
    ["not those of which it lacks one", { repository_id: "4711", actor: "ada" }, []],
    ["not those of which it has one otherwise", { repository_id: "4711", ref: "refs/heads/dev" }, []],
    ["not those that want the beginning of a value", { repository_id: "471" }, []],
    ["never one that requires nothing", {}, []],
  ])("I1: are those %s", (_name, claims, expected) => {
    expect(agentsBoundTo(token, [{ agent: agentId("reporter"), claims }])).toEqual(expected);
  });

  it("are each named once, and all of them, so that two can be refused", () => {
    const reporter = { agent: agentId("reporter"), claims: { repository_id: "4711" } };
    const other = { agent: agentId("deployer"), claims: { environment: "prod" } };
    expect(agentsBoundTo(token, [reporter, reporter])).toEqual(["reporter"]);
    expect(agentsBoundTo(token, [reporter, other])).toEqual(["reporter", "deployer"]);
    expect(agentsBoundTo(token, [])).toEqual([]);
  });
});

describe("two bindings", () => {
  it.each([
    ["the same", { id: "1" }, { id: "1" }, true],
    ["one wider than the other", { id: "1" }, { id: "1", ref: "main" }, true],
    ["about different claims", { id: "1", ref: "main" }, { id: "1", env: "prod" }, true],
    ["with another value of one claim", { id: "1", ref: "main" }, { id: "1", ref: "dev" }, false],
    ["with another value of the pin", { id: "1" }, { id: "2", ref: "main" }, false],
  ])("%s: one token could match both: %#", (_name, a, b, expected) => {
    expect(overlap(a, b)).toBe(expected);
    expect(overlap(b, a)).toBe(expected);
  });
});

describe("the bindings of others that clash with an agent's", () => {
  const [main, prod] = [{ claims: { id: "1", ref: "main" } }, { claims: { id: "1", env: "prod" } }];
  const bound = [
    { agent: agentId("of-dev"), claims: { id: "1", env: "dev" } },
    { agent: agentId("of-nobody"), claims: { id: "2" } },
    { agent: agentId("reporter"), claims: { id: "1", ref: "main" } },
  ];

  it.each([
    ["one of its bindings, and not with another", [main, prod], ["of-dev"]],
    ["one of its bindings, in another order", [prod, main], ["of-dev"]],
    ["none of its bindings", [prod], []],
  ])("are those that share a token with %s", (_what, bindings, expected) => {
    expect(clashing(bound, agentId("reporter"), bindings).map(({ agent }) => agent)).toEqual(expected);
  });
});
