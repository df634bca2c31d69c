import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import {
  decidersOf,
  type EarlierRequest,
  sameRequestKey,
  waitUntilAllowed,
} from "../../../../functions/core/approvals/approval-limits.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { ResourcePair } from "../../../../functions/core/intent/pairs.ts";
import { actionName } from "../../../fakes/samples/spelled.ts";

const NOW = 100_000;
const earlier = (change: Partial<EarlierRequest> = {}): EarlierRequest => ({
  key: "k",
  groups: ["sre"],
  createdAt: NOW - 100,
  isPending: false,
  ...change,
});
const wait = (key: string, all: readonly EarlierRequest[], groups = ["sre"]) =>
  waitUntilAllowed(key, groups, all, NOW).seconds;

describe("an agent cannot wear people down", () => {
  it("may request where nothing was requested before", () => expect(wait("k", [])).toBe(0));

  it("waits while three of its requests wait for the group", () => {
    const three = [1, 2, 3].map((index) => earlier({ key: `k${index}`, isPending: true }));
    expect(wait("k", three)).toBe(60);
    expect(wait("k", three.slice(1))).toBe(0);
    expect(wait("k", three, ["security"])).toBe(0);
  });

  it("requests at most 20 times in an hour", () => {
    const twenty = Array.from({ length: 20 }, (_, index) => earlier({ createdAt: NOW - 3_000 + index }));
    expect(wait("k", twenty)).toBe(600);
    expect(wait("k", twenty.slice(1))).toBe(0);
  });

  it.each([
    [1, 60],
    [2, 300],
  ])("waits after denial %i of the same request", (denials, seconds) => {
    const denied = Array.from({ length: denials }, () => earlier({ deniedAt: NOW - 10 }));
    expect(wait("k", denied)).toBe(seconds - 10);
    expect(wait("other", denied)).toBe(0);
  });

  it("pauses every approval of the agent after three denials within an hour, of whatever requests", () => {
    const denied = ["a", "b", "c"].map((key) => earlier({ key, deniedAt: NOW - 20 }));
    expect(wait("other", denied)).toBe(880);
    expect(wait("other", [...denied.slice(1), earlier({ deniedAt: NOW - 3_600 })])).toBe(0);
  });
});

it("the cause of a wait is that of the longest one", () => {
  const causeOf = (key: string, all: readonly EarlierRequest[]) => waitUntilAllowed(key, ["sre"], all, NOW).cause;
  const denied = ["k", "b", "c"].map((name) => earlier({ key: name, deniedAt: NOW - 20 }));
  const waiting = ["k1", "k2", "k3"].map((name) => earlier({ key: name, isPending: true }));
  expect(causeOf("k", denied.slice(0, 1))).toBe("denied");
  expect(causeOf("k", denied)).toBe("paused");
  expect(causeOf("k", [...waiting, ...denied.slice(0, 1)])).toBe("waiting");
  expect(causeOf("other", [...waiting, ...denied.slice(0, 1)])).toBe("waiting");
  const twenty = Array.from({ length: 20 }, () => earlier());
  expect(causeOf("other", [...waiting, ...twenty])).toBe("limit");
});

describe("a person whose consent is requested", () => {
  const requestOf = (person: string, change: Partial<EarlierRequest> = {}) =>
    earlier({ groups: [`@staff|${person}`], key: person, ...change });

  it("is distinct from every other person, and from groups", () => {
    const person = { issuer: "staff", value: "pat" };
    const needed = [
      { group: "@person", count: 1 },
      { group: "sre", count: 1 },
    ];
    expect(decidersOf({ needed, person })).toEqual(["@staff|pat", "sre"]);
  });

  it("gets three requests at once, and other people as many", () => {
    const three = ["a", "b", "c"].map((key) => requestOf("pat", { key, isPending: true }));
    expect(wait("k", three, ["@staff|pat"])).toBe(60);
    expect(wait("k", three, ["@staff|kim"])).toBe(0);
    expect(wait("k", three)).toBe(0);
  });

  it("stops no other person's agent, and no approver's, by denying", () => {
    const own = { deniedAt: NOW - 20, deniedBy: "@staff|pat", groups: ["@staff|pat", "sre"] };
    const denied = ["a", "b", "c"].map((key) => requestOf("pat", { key, ...own }));
    expect(wait("k", denied, ["@staff|pat"])).toBe(880);
    expect(wait("k", denied, ["@staff|kim", "sre"])).toBe(0);
    expect(wait("k", denied)).toBe(0);
    const byApprovers = denied.map(({ deniedBy: _, ...each }) => each);
    expect(wait("k", byApprovers, ["@staff|kim", "sre"])).toBe(880);
  });

  it("is not worn down: twenty requests an hour are all, and more for others", () => {
    const twenty = Array.from({ length: 20 }, (_, index) => requestOf("pat", { createdAt: NOW - 3_000 + index }));
    expect(wait("k", twenty, ["@staff|pat"])).toBe(600);
    expect(wait("k", twenty, ["@staff|kim"])).toBe(0);
  });
});

describe("the same request", () => {
  const pair = (target: string, account = accountId("111122223333")): ResourcePair => ({
    kind: "resource",
    action: actionName("s3:GetObject"),
    groups: [],
    mints: false,
    isPattern: false,
    target,
    service: "s3",
    region: "",
    account,
    arnNamesAccount: false,
  });

  it("is the agent and its pairs, in whatever order", () => {
    const [one, two] = [pair("arn:aws:s3:::a"), pair("arn:aws:s3:::b")];
    expect(sameRequestKey(agentId("x1"), [one, two])).toBe(sameRequestKey(agentId("x1"), [two, one, one]));
    expect(sameRequestKey(agentId("x1"), [one])).not.toBe(sameRequestKey(agentId("x1"), [one, two]));
    expect(sameRequestKey(agentId("x1"), [one])).not.toBe(sameRequestKey(agentId("y1"), [one]));
  });

  it("differs for another account, which an ARN of S3 does not name", () => {
    expect(sameRequestKey(agentId("x1"), [pair("arn:aws:s3:::a")])).not.toBe(
      sameRequestKey(agentId("x1"), [pair("arn:aws:s3:::a", accountId("444455556666"))]),
    );
  });
});
