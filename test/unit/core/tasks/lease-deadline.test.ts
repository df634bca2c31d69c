import { describe, expect, it } from "vitest";
import { leaseDeadline } from "../../../../functions/core/tasks/lease-deadline.ts";

const NOON = Date.UTC(2026, 10, 24, 12) / 1_000;
const task = { openedAt: NOON, expiresAt: NOON + 7_200 };
const terms = (maxTtlSeconds?: number, endsWithTheHour = false) => ({
  obligations: { bindIp: false, rotateAfterUse: false, ...(maxTtlSeconds === undefined ? {} : { maxTtlSeconds }) },
  endsWithTheHour,
});

describe("I4: a lease's deadline", () => {
  it.each([
    ["its task's, where nothing is shorter", terms(), NOON, NOON + 7_200],
    ["what policy lets it live, from the task's opening on", terms(600), NOON + 300, NOON + 600],
    ["its task's, where policy would let it live longer", terms(90_000), NOON, NOON + 7_200],
    ["the end of the hour, where a policy depends on it", terms(undefined, true), NOON + 0.5, NOON + 3_600],
    ["the end of the next hour in the next", terms(undefined, true), NOON + 3_600, NOON + 7_200],
  ])("is %s", (_case, given, now, expected) => {
    expect(leaseDeadline(task, given, now)).toBe(expected);
  });

  it.each([
    ["its task is over", terms(), NOON + 7_200],
    ["policy shortened it meanwhile", terms(60), NOON + 60],
  ])("is none where %s", (_case, given, now) => {
    expect(() => leaseDeadline(task, given, now)).toThrow(expect.objectContaining({ code: "policy_denied" }));
  });
});
