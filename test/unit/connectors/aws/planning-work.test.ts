import { describe, expect, it } from "vitest";
import {
  DENY_WORK,
  PAIR_WORK,
  PLANNING_WORK,
  withinPlanningWork,
} from "../../../../functions/connectors/aws/planning-work.ts";
import { sharedSessions } from "../../../../functions/connectors/aws/share-sessions.ts";
import type { ActionPattern } from "../../../../functions/core/catalogue/action-name.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { AwsDetail } from "../../../../functions/core/intent/detail.ts";
import type { Permitted } from "../../../../functions/core/policy/decide.ts";
import { asPermitted, onObjects } from "../../core/policy/pairs.ts";

const ACCOUNT = accountId("111122223333");
const pairs = (count: number, changes: object = {}) =>
  Array.from({ length: count }, (_, index) => ({
    ...asPermitted(onObjects(`arn:aws:s3:::lake/${index}`)),
    ...changes,
  }));

/** Counts the compilations of these pairs that one request may have. */
function compilations(permitted: ReturnType<typeof pairs>): number {
  let count = 0;
  const { compile } = withinPlanningWork(() => {
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
    expect(compilations(pairs(100))).toBe(Math.floor(PLANNING_WORK / (10_000 + PAIR_WORK * 100)));
    expect(compilations(pairs(10))).toBe(Math.floor(PLANNING_WORK / (100 + PAIR_WORK * 10)));
  });

  it("is counted for each Deny", () => {
    const resources = Array.from({ length: 100 }, (_, index) => `arn:aws:s3:::lake/pii/${index}`);
    expect(compilations(pairs(10, { denies: [{ resources, conditions: {} }] }))).toBe(
      Math.floor(PLANNING_WORK / (100 + PAIR_WORK * 10 + DENY_WORK * 1_000)),
    );
  });

  it("is counted for each question whether two grants can share a session, and for what it compares", () => {
    const withDenies = () => pairs(20, { denies: [{ resources: ["arn:aws:s3:::other/*"], conditions: {} }] });
    const questions = (next: () => ReturnType<typeof pairs>): number => {
      const { canShare } = withinPlanningWork(() => ({ text: "", characters: 0 }));
      let count = 0;
      const ask = () => {
        for (;;) {
          canShare(next(), next());
          count += 1;
        }
      };
      expect(ask).toThrow(expect.objectContaining({ code: "intent_invalid" }));
      return count;
    };
    // Each of 20 Denies is compared with each of 20 Allows, both ways.
    expect(questions(withDenies)).toBe(Math.floor(PLANNING_WORK / (1 + 2 * 20 * 20)));
    // An answer that is cached costs the question alone.
    const same = withDenies();
    expect(questions(() => same)).toBe(PLANNING_WORK - 20 * 20);
  });

  it("grows with the details, and not with their square, where they need several sessions", () => {
    let compilations = 0;
    const compile = (permitted: readonly Permitted[]) => {
      compilations += 1;
      return { text: "", characters: 100 * permitted.length };
    };
    const granted = pairs(160).map((own, index) => {
      const resources = [own.pair.target];
      const detail: AwsDetail = {
        type: "aws",
        account: ACCOUNT,
        actions: ["s3:GetObject" as ActionPattern],
        resources,
      };
      return { detail, index, permitted: [own] };
    });
    const sessions = sharedSessions(granted, compile, granted.length);
    expect(sessions.map(({ granted: own }) => own.length)).toEqual([20, 20, 20, 20, 20, 20, 20, 20]);
    // One compilation for each detail, eight failures for each session, and those of the whole.
    expect(compilations).toBeLessThanOrEqual(160 + 8 * 8 + 4);
  });

  it("is not spent twice on details of one service, which are the same as the whole", () => {
    const sizes: number[] = [];
    const compile = (permitted: readonly Permitted[]) => {
      sizes.push(permitted.length);
      return { text: "", characters: 1_000 * permitted.length };
    };
    const detail: AwsDetail = {
      type: "aws",
      account: ACCOUNT,
      actions: ["s3:GetObject" as ActionPattern],
      resources: [],
    };
    const granted = pairs(4).map((own, index) => ({
      detail: { ...detail, resources: [own.pair.target] },
      index,
      permitted: [own],
    }));
    expect(sharedSessions(granted, compile, granted.length)).toHaveLength(2);
    expect(sizes.filter((size) => size === granted.length)).toHaveLength(1);
  });

  it("is the sum over the actions, which are not compared with each other", () => {
    const two = pairs(100).map((each, index) => ({
      ...each,
      pair: onObjects(each.pair.target, { action: index % 2 === 0 ? "s3:GetObject" : "s3:PutObject" }),
    }));
    expect(compilations(two)).toBe(PLANNING_WORK / (5_000 + PAIR_WORK * 100));
  });
});
