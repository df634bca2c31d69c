import { describe, expect, it } from "vitest";
import { loadedWith } from "./loaded-with.ts";

const OF_APPROVALS =
  /^functions\/(exchange\/approvals|steps\/approvals)\/|dynamodb\/(dynamo-approvals|approval-items)\.ts$/;

describe("a cold start of the exchange", () => {
  it("loads nothing that only approvals need", () => {
    const loaded = [...loadedWith("functions/exchange/handler.ts")];
    expect(loaded.length).toBeGreaterThan(100);
    expect(loaded.filter((file) => OF_APPROVALS.test(file))).toEqual([]);
    expect([...loadedWith("functions/exchange/grants/poll.ts")].some((file) => OF_APPROVALS.test(file))).toBe(true);
  });
});
