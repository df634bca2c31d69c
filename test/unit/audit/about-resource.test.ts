import { describe, expect, test } from "vitest";
import { aboutResource, insideOf } from "../../../client/audit/about-resource.ts";
import { select } from "../../../client/audit/story.ts";
import type { EventType, JournalName } from "../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../../functions/core/journal/event.ts";

let atMs = Date.UTC(2027, 0, 1);
const event = (journal: JournalName, of: string, type: EventType, facts: Facts): ArchivedEvent => {
  atMs += 1_000;
  return { journal, ...linkEvent(EMPTY_CHAIN, of, type, atMs, facts) };
};
const reads = (...resources: readonly string[]) => [{ type: "aws", actions: ["s3:GetObject"], resources }];
const opened = (of: string, details: Facts[]) => event("tasks", of, "task.opened", { agent: "ci", details });

/** Events about a resource, with its parts in them. */
const about = (events: readonly ArchivedEvent[], resource: string) => {
  const found = aboutResource(events, [resource]);
  return select(events, { about: found }).map(({ of, type, hash }) => `${of} ${type} ${found.parts.get(hash) ?? ""}`);
};

describe("aboutResource", () => {
  const file = "arn:aws:s3:::acme-data/a.csv";
  test.each([
    [file, file],
    ["arn:aws:s3:::acme-data/*", file],
    [file, "arn:aws:s3:::acme-data/*"],
    ["arn:aws:s3:::acme-*/a.csv", "arn:aws:s3:::acme-data/*"],
    ["*", file],
  ])("a grant on %s is found by %s", (granted, wanted) => {
    expect(about([opened("aaa.", reads(granted))], wanted)).toEqual(["aaa. task.opened granted"]);
  });

  test.each([
    ["arn:aws:s3:::acme-data/b.csv", file],
    ["arn:aws:s3:::acme-data/b*", file],
    ["arn:aws:s3:::acme-data", file],
    [file, "arn:aws:s3:::acme-data/b*"],
  ])("a grant on %s is not found by %s", (granted, wanted) => {
    expect(about([opened("aaa.", reads(granted))], wanted)).toEqual([]);
  });

  test.each([
    ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/reports/a.csv", true],
    ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-*", true],
    ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data-2/a.csv", false],
    ["arn:aws:s3:::acme-data/a", "arn:aws:s3:::acme-data", false],
    ["arn:aws:s3:::acme-data/a/", "arn:aws:s3:::acme-data/a/b", false],
    ["arn:aws:dynamodb:us-east-1:1:table/t", "arn:aws:dynamodb:us-east-1:1:table/t/index/i", true],
    ["arn:aws:logs:us-east-1:1:log-group:g", "arn:aws:logs:us-east-1:1:log-group:g:log-stream:s", true],
    ["arn:aws:logs:us-east-1:1:log-group:g", "arn:aws:logs:us-east-1:1:log-group:g2:log-stream:s", false],
  ])("inside of %s lies %s: %s", (arn, granted, isInside) => {
    const { parts } = aboutResource([opened("aaa.", reads(granted))], [arn, ...insideOf(arn)]);
    expect(parts.size).toBe(isInside ? 1 : 0);
  });

  test("finds resources of statements, and all events of a task with one of them", () => {
    const statements = [{ actions: ["s3:GetObject"], resources: [file] }];
    const events = [
      opened("aaa.", [{ type: "aws", account: "111122223333", statements }]),
      opened("bbb.", reads("arn:aws:s3:::other/*")),
      event("tasks", "bbb.", "task.ended", { agent: "ci" }),
      event("tasks", "aaa.", "task.ended", { agent: "ci" }),
      event("agents", "ci", "agent.suspended", { by: "staff|ann" }),
    ];
    expect(about(events, file)).toEqual(["aaa. task.opened granted", "aaa. task.ended "]);
  });

  test("a resource of a window's task is found by the opening before the window", () => {
    const events = [opened("aaa.", reads(file)), event("tasks", "aaa.", "task.ended", { agent: "ci" })];
    const sinceMs = events[1]?.at ?? 0;
    expect(select(events, { sinceMs, about: aboutResource(events, [file]) }).map(({ type }) => type)).toEqual([
      "task.ended",
    ]);
  });

  test("marks what was asked, denied, delegated, consented and called", () => {
    const denials = [{ action: "s3:PutObject", target: "arn:aws:s3:::acme-data/*", reason: "No policy permits it." }];
    const events = [
      event("tasks", "aaa.", "task.refused", { agent: "ci", details: reads(file), denials }),
      event("tasks", "bbb.", "approval.asked", { agent: "ci", details: reads(file), approval: { id: "appr1" } }),
      event("tasks", "bbb.", "approval.used", { agent: "ci", approval: { id: "appr1" } }),
      event("tasks", "ccc.", "approval.used", { agent: "ci", approval: { id: "appr2" } }),
      event("tasks", "ddd.", "delegation.issued", { agent: "ci", to: "helper", details: reads(file) }),
      event("tasks", "eee", "consent.given", { agent: "ci", details: reads(file) }),
      event("tasks", "fff", "escalation.detected", { agent: "ci", resource: file }),
    ];
    expect(about(events, file)).toEqual([
      "aaa. task.refused asked,denied",
      "bbb. approval.asked asked",
      "bbb. approval.used granted",
      "ddd. delegation.issued delegated",
      "eee consent.given consented",
      "fff escalation.detected called",
    ]);
  });

  test("reads no resource out of facts of another form", () => {
    const odd = [null, "x", { resources: "arn:aws:s3:::acme-data/a.csv" }, { statements: [7] }];
    const events = [event("tasks", "aaa.", "task.opened", { agent: "ci", details: odd, denials: "all" })];
    expect(about(events, file)).toEqual([]);
  });
});
