import { describe, expect, it } from "vitest";
import { type ApprovalFacts, approvalState } from "../../../../functions/core/approvals/approval-state.ts";

const facts: ApprovalFacts = {
  record: { expires_at: 1_000 },
  isUsed: false,
  isCancelled: false,
  isVoid: false,
  useWithinSeconds: 300,
};

describe("the state of an approval", () => {
  it.each<[string, Partial<ApprovalFacts>, number, string]>([
    ["waits until its end", {}, 999, "pending"],
    ["I9e: at its end is expired, never denied and never approved", {}, 1_000, "expired"],
    ["with all votes is approved", { filledAt: 900 }, 901, "approved"],
    [
      "with all votes is approved past the request's end, within the time to use it",
      { filledAt: 990 },
      1_289,
      "approved",
    ],
    ["unused in time is expired", { filledAt: 990 }, 1_290, "expired"],
    ["denied is denied", { outcome: "denied", filledAt: 900 }, 901, "denied"],
    ["I9e: denied stays denied after its end", { outcome: "denied" }, 5_000, "denied"],
    ["withdrawn before use", { outcome: "withdrawn", filledAt: 900 }, 901, "withdrawn"],
    ["whose task ended is cancelled", { isCancelled: true, filledAt: 900 }, 901, "cancelled"],
    ["with other effects is void", { isVoid: true, filledAt: 900 }, 901, "void"],
    ["used, with uses left, stands", { isUsed: true, standsUntil: 5_000, filledAt: 900 }, 4_999, "standing"],
    ["used, past its window, is used", { isUsed: true, standsUntil: 5_000, filledAt: 900 }, 5_000, "used"],
    [
      "used, and withdrawn, is withdrawn",
      { isUsed: true, standsUntil: 5_000, outcome: "withdrawn" },
      4_000,
      "withdrawn",
    ],
    ["for a further task is approved by its votes", { standsUntil: 5_000, filledAt: 900 }, 4_999, "approved"],
    ["for a further task is over with its window", { standsUntil: 5_000, filledAt: 900 }, 5_000, "expired"],
    ["for a further task has no votes to wait for", { standsUntil: 5_000 }, 100, "expired"],
    ["for a further task has no use left", { standsUntil: 0, filledAt: 900 }, 901, "expired"],
    [
      "for a further task is denied where it was",
      { standsUntil: 5_000, filledAt: 900, outcome: "denied" },
      901,
      "denied",
    ],
    ["used is used, whatever came after", { isUsed: true, outcome: "denied", isCancelled: true }, 5_000, "used"],
  ])("a request %s", (_name, change, now, state) => {
    expect(approvalState({ ...facts, ...change }, now)).toBe(state);
  });
});
