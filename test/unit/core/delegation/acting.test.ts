import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { actingFor } from "../../../../functions/core/delegation/acting.ts";

describe("who acts for whom (RFC 8693, section 4.1)", () => {
  it.each([
    ["a root: its agent, for itself", undefined, {}],
    ["a child", ["lead"], { sub: "lead", act: { sub: "worker" } }],
    [
      "a grandchild: the one that acts now is the outermost",
      ["lead", "helper"],
      { sub: "lead", act: { sub: "worker", act: { sub: "helper" } } },
    ],
    [
      "four levels",
      ["lead", "helper", "scout"],
      { sub: "lead", act: { sub: "worker", act: { sub: "scout", act: { sub: "helper" } } } },
    ],
  ])("of %s", (_, chain, expected) => {
    expect(
      actingFor({ agent: agentId("worker"), ...(chain ? { delegated: { chain: chain.map(agentId) } } : {}) }),
    ).toEqual(expected);
  });
});
