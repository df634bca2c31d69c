import { describe, expect, it } from "vitest";
import {
  holderOf,
  isRotationDue,
  isTakeable,
  rotationDueAt,
  type SecretState,
  waitFor,
} from "../../../../functions/core/secrets/secret-lock.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";

const NOW = 1_800_000_000;
const state = (changed: Partial<SecretState>): SecretState => ({
  name: "reports/key",
  arn: "arn",
  status: "held",
  holder: "one",
  until: NOW,
  rotates: false,
  ...changed,
});
const pending = state({ status: "pending_rotation", rotateAfter: NOW });

it("a hold is a lease's: of one task, under one name", () => {
  expect(holderOf({ path: "k7f3m2q9x4ab." as TaskPath, name: "secret-0" })).toBe("k7f3m2q9x4ab.#secret-0");
});

describe("a secret can be taken", () => {
  it.each<[string, SecretState | undefined, string, number, boolean]>([
    ["by anybody, where nobody ever did", undefined, "two", NOW, true],
    ["by anybody, where it is free", state({ status: "free" }), "two", NOW, true],
    ["by its holder", state({}), "one", NOW, true],
    ["by nobody else", state({}), "two", NOW, false],
    ["by nobody else just after its time, since clocks differ", state({}), "two", NOW + 59, false],
    ["by anybody a minute after its time", state({}), "two", NOW + 60, true],
    ["by anybody, where a hold has no time", state({ until: undefined as never }), "two", NOW, true],
    ["by nobody after its time, where it has to be rotated", state({ rotates: true }), "two", NOW + 9_999, false],
    ["by nobody while it waits for that", pending, "one", NOW + 9_999, false],
  ])("%s", (_case, given, holder, now, expected) => {
    expect(isTakeable(given, holder, now)).toBe(expected);
  });
});

describe("a secret is due to be rotated", () => {
  it.each<[string, SecretState, number, boolean]>([
    ["from the moment it waits for", pending, NOW, true],
    ["not before", pending, NOW - 1, false],
    ["at once, where it waits for none", state({ status: "pending_rotation" }), NOW, true],
    ["a minute after a use that nobody ended", state({ rotates: true }), NOW + 60, true],
    ["not before that", state({ rotates: true }), NOW + 59, false],
    ["where a use has no time", state({ rotates: true, until: undefined as never }), NOW, true],
    ["never after a use that requires none", state({}), NOW + 9_999, false],
    ["never while it is free", state({ status: "free", rotates: true }), NOW + 9_999, false],
  ])("%s", (_case, given, now, expected) => {
    expect(isRotationDue(given, now)).toBe(expected);
  });
});

describe("a value has to be newer", () => {
  it.each<[string, SecretState, number]>([
    ["than the last use", pending, NOW],
    ["than the request of somebody, where that is first", { ...pending, askedAt: NOW - 5 }, NOW - 5],
    ["than the last use, where that is first", { ...pending, askedAt: NOW + 5 }, NOW],
    ["than the request alone, where nothing was used", state({ status: "free", askedAt: NOW }), NOW],
    ["than nothing, where nothing was used and nobody requested", state({}), Number.POSITIVE_INFINITY],
  ])("%s", (_case, given, expected) => {
    expect(rotationDueAt(given)).toBe(expected);
  });
});

describe("a task that has to wait learns for how long", () => {
  it.each<[string, SecretState | undefined, number]>([
    ["until a hold ends", state({ until: NOW + 90 }), 90],
    ["until a rotation may begin", state({ status: "pending_rotation", rotateAfter: NOW + 30 }), 30],
    ["a second at least", state({ until: NOW - 90 }), 1],
    ["an hour at most", state({ until: NOW + 40_000 }), 3_600],
    ["a second where nothing is known", undefined, 1],
    ["a second where a hold has no time", state({ until: undefined as never }), 1],
  ])("%s", (_case, given, expected) => {
    expect(waitFor(given, NOW)).toBe(expected);
  });
});
