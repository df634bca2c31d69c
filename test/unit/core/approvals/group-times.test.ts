import { describe, expect, it } from "vitest";
import { timeoutOf, useWithinOf } from "../../../../functions/core/approvals/group-times.ts";

const group = (name: string, timeoutSeconds: number, useWithinSeconds: number) => ({
  name,
  issuer: "staff",
  members: { persons: ["ada"] },
  notify: [],
  timeoutSeconds,
  useWithinSeconds,
});
const approvers = [group("sre", 60, 3_600), group("security", 7_200, 120)];
const requestOf = (...groups: readonly string[]) => ({ needed: groups.map((each) => ({ group: each, count: 1 })) });

describe("the times of a request", () => {
  it("are the shortest of the request's groups, each time by itself", () => {
    const both = requestOf("sre", "security");
    expect([timeoutOf(both, { approvers }), useWithinOf(both, { approvers })]).toEqual([60, 120]);
    expect([timeoutOf(requestOf("security"), { approvers }), useWithinOf(requestOf("sre"), { approvers })]).toEqual([
      7_200, 3_600,
    ]);
  });

  it("are the defaults for a group that is configured no more", () => {
    expect([timeoutOf(requestOf("gone"), {}), useWithinOf(requestOf("gone"), { approvers })]).toEqual([900, 300]);
    expect(timeoutOf(requestOf("gone", "sre"), { approvers })).toBe(60);
  });
});
