import { describe, expect, it, test } from "vitest";
import { aboutResource } from "../../../client/audit/about-resource.ts";
import { coverageOf } from "../../../client/audit/coverage.ts";
import { select } from "../../../client/audit/story.ts";
import { line } from "../../../client/audit/words.ts";
import type { EventType, JournalName } from "../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../../functions/core/journal/event.ts";

const AT = Date.UTC(2027, 0, 1);
let atMs = AT;
const event = (journal: JournalName, of: string, type: EventType, facts: Facts): ArchivedEvent => {
  atMs += 1_000;
  return { journal, ...linkEvent(EMPTY_CHAIN, of, type, atMs, facts) };
};
const voted = (of: string, by: string, vote: string) =>
  event("approvals", of, "approval.voted", { task: "ttt.", by, approval: "appr1", vote_sha256: vote, groups: ["sre"] });

test("the line of an offboarding has the hash of its report, to compare with the report itself", () => {
  expect(line(event("agents", "ci", "agent.offboarded", { by: "staff|ann", report_sha256: "5e0f" }))).toMatch(
    /ci is offboarded: nothing that it had is alive; report sha256 5e0f$/,
  );
});

test("the lines of an approval have whose votes it needs, and the groups that each voter proved", () => {
  const approval = {
    id: "appr1",
    needed: [
      { group: "sre", count: 2 },
      { group: "security", count: 1 },
    ],
  };
  expect(
    line(event("tasks", "ttt.", "approval.asked", { agent: "ci", purpose: "x", approval, details: [] })),
  ).toContain("ci asked people (appr1, 2 of sre, 1 of security), to");
  const voters = [
    { by: "staff|bob", groups: ["sre"] },
    { by: "staff|eve", groups: ["sre", "security"] },
  ];
  expect(line(event("tasks", "ttt.", "approval.used", { agent: "ci", approval, voters }))).toMatch(
    /ci got what staff\|bob of sre and staff\|eve of sre, security approved \(appr1\)$/,
  );
  // An earlier version wrote neither.
  expect(line(event("tasks", "ttt.", "approval.used", { agent: "ci", approval: "appr1" }))).toMatch(
    /ci got what people approved \(appr1\)$/,
  );
});

describe("an operation that was refused", () => {
  const refused = (about: unknown) =>
    event("tasks", "rrr.", "operation.refused", {
      ...{ operator: "staff|dave", code: "operator_denied", route: "POST /v1/agents/{agent}/offboard" },
      about: about as never,
    });

  it("names what its operator wanted to change", () => {
    expect(line(refused({ agent: "demo" }))).toContain(
      "operator staff|dave was refused POST /v1/agents/demo/offboard (operator_denied)",
    );
    expect(line(refused(undefined))).toContain("was refused POST /v1/agents/{agent}/offboard (");
    expect(line(refused({ agent: "d\u001b[2J" }))).not.toContain("\u001b");
  });

  it("is selected by the agent or the task that it was about", () => {
    const task = event("tasks", "sss.", "operation.refused", { about: { task: "k7f3m2q9x4ab" } });
    const events = [refused({ agent: "demo" }), task, refused(null), refused(["demo"]), refused("demo")];
    expect(select(events, { agent: "demo" as never })).toEqual([events[0]]);
    expect(select(events, { task: "k7f3m2q9x4ab_" })).toEqual([task]);
    expect(select(events, { task: "k7f3m2q9x4ab" })).toEqual([task]);
    expect(
      select([event("tasks", "ttt.", "task.opened", { about: { agent: "demo" } })], { agent: "demo" as never }),
    ).toEqual([]);
  });
});

describe("select", () => {
  test("orders events by their time, not by their place in the log", () => {
    const opened = (of: string) => event("tasks", of, "task.opened", { agent: "ci" });
    const events = [opened("aaa."), opened("bbb."), opened("aaa.ccc."), opened("bbb.ddd."), opened("aaa.eee.")];
    expect(select(events.toReversed(), {})).toEqual(events);
  });

  test("names what an approver decided, and what the votes were used for", () => {
    const used = (of: string, votes: readonly string[]) =>
      event("tasks", of, "approval.used", { agent: "ci", approval: { id: "appr1", votes } });
    const events = [
      voted("vvv.", "staff|bob", "hash-b"),
      voted("www.", "staff|carol", "hash-c"),
      event("approvals", "xxx.", "approval.denied", { task: "zzz.", by: "staff|bob", approval: "appr2" }),
      event("agents", "ci", "agent.suspended", { by: "staff|bob" }),
      used("ttt.", ["hash-b", "hash-c"]),
      used("yyy.", ["hash-c"]),
    ];
    expect(select(events, { approver: "bob" }).map(({ type, of }) => `${type} ${of}`)).toEqual([
      "approval.voted vvv.",
      "approval.denied xxx.",
      "approval.used ttt.",
    ]);
  });
});

describe("line", () => {
  test("names the approval of a vote", () => {
    expect(line(voted("vvv.", "staff|bob", "hash"))).toMatch(/ttt\. {2}staff\|bob of sre approved \(appr1\)$/);
  });

  test("names a type that this version does not know", () => {
    const odd = { ...voted("vvv.", "staff|bob", "hash"), type: "task.dreamt" };
    expect(line(odd)).toMatch(/task\.dreamt$/);
  });

  test.each([
    [[], "0 AWS sessions"],
    [[{ name: "0" }], "1 AWS session"],
    [[{ name: "0" }, { name: "1" }], "2 AWS sessions"],
  ])("counts the sessions that end with a task: %j", (leases, words) => {
    const ended = event("tasks", "ttt.", "task.ended", { agent: "demo", status: "completed", by: "demo", leases });
    expect(line(ended)).toContain(`completed by demo; ${words} denied from here on`);
  });
});

test("a resource since a moment has the earlier grants whose keys were good then, and no other earlier event", () => {
  const file = "arn:aws:s3:::acme-data/a.csv";
  const granted = (of: string, seconds: number) =>
    event("tasks", of, "task.opened", {
      ...{ agent: "ci", leases: [{ name: "aws-0" }], expires_at: atMs / 1_000 + seconds },
      details: [{ type: "aws", actions: ["s3:GetObject"], resources: [file] }],
    });
  const [over, lives] = [granted("over_", 2), granted("lives_", 900)];
  const renewed = event("tasks", "lives_", "lease.renewed", { agent: "ci", lease: { name: "aws-0" } });
  const sinceMs = atMs + 500;
  const ended = event("tasks", "lives_", "task.ended", { agent: "ci", leases: [] });
  const all = [over, lives, renewed, ended];
  const about = aboutResource(all, [file]);
  expect(select(all, { about, sinceMs })).toEqual([lives, ended]);
  expect(select(all, { sinceMs })).toEqual([ended]);
  expect(select(all, { about, sinceMs, agent: "other" as never })).toEqual([]);
});

test("the time that a log covers does not begin with the hour by which an issuer's key is dated", () => {
  const key = { ...event("deployment", "staff k1", "issuer.key_seen", {}), at: AT - 3_600_000 };
  const first = event("agents", "ci", "agent.registered", {});
  expect(coverageOf([key, first])?.from).toBe(new Date(first.at).toISOString());
  expect(coverageOf([key])).toBeUndefined();
});
