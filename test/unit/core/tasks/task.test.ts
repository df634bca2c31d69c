import { describe, expect, it } from "vitest";
import { FENCE_SECONDS } from "../../../../contract/limits.ts";
import {
  dueMinute,
  fenceFor,
  firstLookMinute,
  isLive,
  isUnheld,
  STS_SECONDS,
} from "../../../../functions/core/tasks/task.ts";

const NOW = 1_764_000_000;

describe("a fence", () => {
  it.each([
    ["I4: a quarter of an hour from now, where the task lives longer", NOW + 3_600, NOW, NOW + 900],
    ["I4: the task's deadline, where that is sooner", NOW + 60, NOW, NOW + 60],
    ["I4: the deadline itself, where both are the same moment", NOW + 900, NOW, NOW + 900],
    ["in the past, where the task is past its deadline: the session would allow nothing", NOW - 5, NOW, NOW - 5],
    ["a whole second, and never a later one", NOW + 3_600, NOW + 0.999, NOW + 900],
  ])("is %s", (_name, expiresAt, nowSeconds, expected) => {
    expect(fenceFor({ expiresAt }, nowSeconds)).toBe(expected);
  });

  it("ends no later than STS's session would end by itself", () => {
    expect(FENCE_SECONDS).toBeLessThanOrEqual(STS_SECONDS.most);
  });
});

describe("a task", () => {
  it.each([
    ["active and before its deadline", "active", NOW, true],
    ["active at its deadline", "active", NOW + 10, false],
    ["active and past its deadline: an expired item that is still there is gone", "active", NOW + 11, false],
    ["completed", "completed", NOW, false],
    ["revoked", "revoked", NOW, false],
    ["expired", "expired", NOW, false],
    ["withdrawn", "withdrawn", NOW, false],
  ] as const)("I5: that is %s is live: %s at %s: %s", (_name, status, nowSeconds, expected) => {
    expect(isLive({ status, expiresAt: NOW + 10 }, nowSeconds)).toBe(expected);
  });

  it.each([
    ["before the person's hour is over", 3_599, {}, true],
    ["once the person's hour is over", 3_600, {}, false],
    ["in the hour of a fresh token", 3_600, { freshAt: NOW + 60 }, true],
  ])("for a person is live only %s, whatever its deadline", (_name, seconds, changed, expected) => {
    const onBehalf = { issuer: "staff", value: "pat", groups: [], isFirst: false, provenAt: NOW, ...changed };
    expect(isLive({ status: "active", expiresAt: NOW + 90_000, onBehalf }, NOW + seconds)).toBe(expected);
  });

  it.each([
    ["at a whole minute", 600, 10],
    ["a second after it", 601, 11],
    ["a second before it", 599, 10],
  ])("whose deadline is %s is due in the first minute that begins at it or later", (_name, expiresAt, minute) => {
    expect(dueMinute(expiresAt)).toBe(minute);
    expect(minute * 60).toBeGreaterThanOrEqual(expiresAt);
  });

  it.each([
    ["opened at a whole minute, for long", 600, 9_000, 11],
    ["opened a second before one, for long", 599, 9_000, 10],
    ["opened at a whole minute, for less than one", 600, 630, 11],
    ["opened for no time at all", 600, 600, 10],
  ])(
    "%s is looked at first in the minute in which nobody can be given it any more",
    (_, openedAt, expiresAt, minute) => {
      expect(firstLookMinute({ openedAt, expiresAt })).toBe(minute);
      // Never in a minute that had begun when it was opened, and so may have been swept already.
      if (expiresAt > openedAt) expect(minute * 60).toBeGreaterThan(openedAt);
    },
  );

  it.each([
    ["a minute after it was opened", {}, NOW + 60, true],
    ["a second earlier", {}, NOW + 59, false],
    ["that was confirmed, whenever", { confirmed: true }, NOW + 43_200, false],
  ] as const)("is taken to be held by nobody: %s", (_, given, nowSeconds, expected) => {
    expect(isUnheld({ openedAt: NOW, ...given }, nowSeconds)).toBe(expected);
  });
});
