import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { TREE_LIMITS } from "../../../../contract/limits.ts";
import { type Delegation, isPending, isSpent } from "../../../../functions/core/delegation/delegation.ts";
import { rootPath } from "../../../../functions/core/task-path.ts";

const given: Delegation = { hash: "h", agent: agentId("helper"), expiresAt: 2_000, seal: "seal" };
const used: Delegation = { ...given, child: rootPath(new Uint8Array(12)), usedAt: 1_000 };

describe("a delegation", () => {
  it.each([
    ["given", given, 1_999, true, false],
    ["expired", given, 2_000, false, true],
    ["used", used, 1_000, false, false],
    ["used, and may still be repeated", used, 1_599, false, false],
    ["used long ago", used, 1_600, false, true],
  ])("that is %s", (_, delegation, nowSeconds, pending, spent) => {
    expect([isPending(delegation, nowSeconds), isSpent(delegation, nowSeconds)]).toEqual([pending, spent]);
  });

  it("is used within what a session's name holds", () => {
    expect(TREE_LIMITS.depth).toBeLessThan(10);
  });
});
