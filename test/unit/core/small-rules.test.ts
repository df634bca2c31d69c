import { describe, expect, it } from "vitest";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { accountOf, type Deployment, pinsOf } from "../../../functions/core/deployment/deployment.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { secondsToNextMinute, windowOf } from "../../../functions/core/rate-limit.ts";
import { isPlainText } from "../../../functions/core/text/plain-text.ts";

describe("an account", () => {
  const one = { id: accountId("111122223333"), region: regionNamed("eu-central-1"), taskRoles: 1 };
  const deployment: Deployment = {
    partition: "aws",
    url: "https://valetkey.example.com",
    audiences: { exchange: "e", introspect: "i", operate: "o" },
    issuers: [],
    accounts: [one],
    operators: [],
    bus: { own: accountId("999900001111"), publishers: [] },
    receipts: { sample: 0, probed: [] },
    recertification: null,
  };

  it("is found by its id, and no other is", () => {
    expect(accountOf(deployment, one.id)).toBe(one);
    expect(accountOf(deployment, "444455556666")).toBeUndefined();
    expect(accountOf(deployment, "")).toBeUndefined();
  });
});

describe("the pins", () => {
  it("are each issuer's, by its name", () => {
    const robots = { name: "robots", pin: "sub" } as Deployment["issuers"][number];
    expect(pinsOf({ issuers: [robots, { ...robots, name: "mesh", pin: "oid" }] })).toEqual({
      robots: "sub",
      mesh: "oid",
    });
  });
});

describe("a pace", () => {
  it.each([
    [0, 0, 60],
    [59_999, 0, 1],
    [60_000, 1, 60],
    [90_500, 1, 30],
  ])("at %s ms is counted in minute %s, for %s more seconds", (nowMs, minute, seconds) => {
    expect(windowOf("poll", nowMs)).toEqual({ begin: minute, end: minute + 1 });
    expect(secondsToNextMinute(nowMs)).toBe(seconds);
  });

  it.each([
    [0, 0],
    [3_599_999, 0],
    [3_600_000, 60],
  ])("of endings by the bus at %s ms is counted for the hour from minute %s", (nowMs, begin) => {
    expect(windowOf("bus_ending", nowMs)).toEqual({ begin, end: begin + 60 });
  });
});

describe("a text that people are shown", () => {
  it.each(["", "Monthly report", "报告 🤖", "don't — ever", "a\u00a0b"])("may be %j", (text) => {
    expect(isPlainText(text)).toBe(true);
  });

  it.each([
    ["a line end", "a\nb"],
    ["an escape to the terminal", "\u001b[2J"],
    ["a null byte", "\0"],
    ["a C1 control", "\u009b2J"],
    ["half a character", "\ud83e"],
    ["an override of its direction", "\u202etxt.exe"],
    ["an isolate", "\u2066"],
    ["an Arabic letter mark", "\u061c"],
    ["a left-to-right mark", "\u200e"],
    ["a line separator", "\u2028"],
  ])("never holds %s", (_name, text) => {
    expect(isPlainText(text)).toBe(false);
  });
});
