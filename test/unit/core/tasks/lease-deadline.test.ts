import { describe, expect, it } from "vitest";
import { leaseDeadline } from "../../../../functions/core/tasks/lease-deadline.ts";

const NOON = Date.UTC(2026, 10, 24, 12) / 1_000;
const task = { openedAt: NOON, expiresAt: NOON + 7_200 };
const terms = (maxTtlSeconds?: number, hourEndsAt?: number) => ({
  obligations: { bindIp: false, rotateAfterUse: false, ...(maxTtlSeconds === undefined ? {} : { maxTtlSeconds }) },
  ...(hourEndsAt === undefined ? {} : { hourEndsAt }),
});

describe("I4: a lease's deadline", () => {
  it.each([
    ["its task's, where nothing is shorter", terms(), NOON, NOON + 7_200],
    ["what policy lets it live, from the task's opening on", terms(600), NOON + 300, NOON + 600],
    ["its task's, where policy would let it live longer", terms(90_000), NOON, NOON + 7_200],
    ["the end of the decided hour, where a policy depends on it", terms(undefined, NOON + 3_600), NOON, NOON + 3_600],
    ["an earlier one, where the hour ends later", terms(600, NOON + 3_600), NOON, NOON + 600],
  ])("is %s", (_case, given, now, expected) => {
    expect(leaseDeadline(task, given, now)).toBe(expected);
  });

  it.each([
    ["its task is over", terms(), NOON + 7_200],
    ["policy shortened it meanwhile", terms(60), NOON + 60],
  ])("is none where %s", (_case, given, now) => {
    expect(() => leaseDeadline(task, given, now)).toThrow(expect.objectContaining({ code: "policy_denied" }));
  });

  it("I2: is none once the hour has passed in which policy decided, however little ago: policy has to decide again", () => {
    const decided = terms(undefined, NOON + 3_600);
    expect(leaseDeadline(task, decided, NOON + 3_599.9)).toBe(NOON + 3_600);
    for (const late of [3_600, 3_600.1])
      expect(() => leaseDeadline(task, decided, NOON + late)).toThrow(
        expect.objectContaining({ code: "contended", isOutage: true }),
      );
  });
});
