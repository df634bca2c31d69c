import { describe, expect, it } from "vitest";
import { DENY_WORK, PLANNING_WORK, withinPlanningWork } from "../../../../functions/connectors/aws/planning-work.ts";
import { asPermitted, onObjects } from "../../core/policy/pairs.ts";

const pairs = (count: number, changes: object = {}) =>
  Array.from({ length: count }, (_, index) => ({
    ...asPermitted(onObjects(`arn:aws:s3:::lake/${index}`)),
    ...changes,
  }));

/** Counts the compilations of these pairs that one request may have. */
function compilations(permitted: ReturnType<typeof pairs>): number {
  let count = 0;
  const compile = withinPlanningWork(() => {
    count += 1;
    return { text: "", characters: 0 };
  });
  expect(() => {
    for (;;) compile(permitted);
  }).toThrow(
    expect.objectContaining({
      code: "intent_invalid",
      detail: { say: expect.stringContaining("split the request over several tasks") },
    }),
  );
  return count;
}

describe("the work of dividing a request into sessions", () => {
  it("is counted by the square of an action's pairs, and refused before the compilation that exceeds it", () => {
    expect(compilations(pairs(100))).toBe(PLANNING_WORK / 10_000);
    expect(compilations(pairs(10))).toBe(PLANNING_WORK / 100);
  });

  it("is counted for each Deny", () => {
    const resources = Array.from({ length: 100 }, (_, index) => `arn:aws:s3:::lake/pii/${index}`);
    expect(compilations(pairs(10, { denies: [{ resources, conditions: {} }] }))).toBe(
      Math.floor(PLANNING_WORK / (100 + DENY_WORK * 1_000)),
    );
  });

  it("is the sum over the actions, which are not compared with each other", () => {
    const two = pairs(100).map((each, index) => ({
      ...each,
      pair: onObjects(each.pair.target, { action: index % 2 === 0 ? "s3:GetObject" : "s3:PutObject" }),
    }));
    expect(compilations(two)).toBe(PLANNING_WORK / 5_000);
  });
});
