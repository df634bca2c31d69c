import { describe, expect, it } from "vitest";
import { doneInWords } from "../../../console/escalations/in-words.ts";
import {
  byInWords,
  dayPath,
  overviewInWords,
  plotInWords,
  rightsInWords,
  sumOf,
  tookInWords,
} from "../../../console/now/in-words.ts";
import { isCovered, pageOf, rowsOf, withPage } from "../../../console/now/task-pages.ts";
import { depthOf, endingInWords, isUnissued, statusInWords } from "../../../console/tasks/in-words.ts";
import { mayInWords } from "../../../contract/decision/may-in-words.ts";
import type { Read } from "../../../contract/operation.ts";
import type { Receipt } from "../../../contract/receipts.ts";
import type { TaskList } from "../../../contract/tasks.ts";

describe("a live task in one line", () => {
  it("names its first grant, with four values at most, and counts the rest", () => {
    const aws = {
      type: "aws",
      account: "111122223333",
      actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      resources: ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"],
    };
    expect(mayInWords([aws, { type: "tool", server: "tickets", tools: ["close"] }])).toBe(
      "Call AWS in account 111122223333: s3:GetObject, s3:PutObject, s3:DeleteObject, arn:aws:s3:::a/* and 1 more, and 1 more grant",
    );
    expect(mayInWords([])).toBe("Nothing is granted");
  });

  it("is as deep as it was started", () => {
    expect(["k7f3m2q9x4ab.", "k7f3m2q9x4ab.c1x9.", "k7f3m2q9x4ab.c1x9.aaaa."].map(depthOf)).toEqual([0, 1, 2]);
  });
});

describe("a task that asked people", () => {
  const asked = { task: "a.", type: "approval.asked" };
  it("has no key until its approval is used", () => {
    expect(isUnissued("a.", [asked])).toBe(true);
    expect(isUnissued("a.", [asked, { task: "a.", type: "approval.used" }])).toBe(false);
    expect(isUnissued("a.", [asked, { task: "b.", type: "approval.used" }])).toBe(true);
    expect(isUnissued("b.", [asked])).toBe(false);
  });

  it("is past its deadline only where it had a key", () => {
    expect(statusInWords({ status: "expired" }, true)).toBe("Ended without a key");
    expect(statusInWords({ status: "expired" })).toBe("Past its deadline");
    expect(statusInWords({ status: "active" }, true)).toBe("Alive");
  });
});

describe("an ending", () => {
  const key = { name: "aws-0", type: "aws", account: "111122223333", role: "valetkey-task" } as const;
  const lease = { ...key, fence_at: "2026-11-27T12:15:00Z", status: "written", milliseconds: 180 } as const;
  const receipt = (changes: Partial<Read<Receipt>> = {}): Read<Receipt> => ({
    task: "k7f3m2q9x4ab.",
    agent: "demo",
    status: "revoked",
    ended_at: "2026-11-27T12:00:00.000Z",
    leases: [lease],
    complete: true,
    ...changes,
  });
  it.each([
    ["is under way", receipt({ ended_at: undefined as never, complete: false }), "Ending…", false],
    [
      "has a key that works",
      receipt({ leases: [{ ...lease, status: "pending" }], complete: false }),
      "1 of 1 key not",
      false,
    ],
    ["is denied by IAM", receipt(), "IAM had the policy 180 ms after", true],
    [
      "was seen by AWS",
      receipt({
        leases: [
          { ...lease, observed: { status: "denied", denied_at: "2026-11-27T12:00:00.412Z", milliseconds: 412 } },
        ],
      }),
      "Denied by AWS 412 ms after",
      true,
    ],
    [
      "is not acted on",
      receipt({ leases: [{ ...lease, observed: { status: "not_observed", milliseconds: 30_000 } }] }),
      "AWS does not apply it",
      true,
    ],
    ["had no key", receipt({ leases: [] }), "It had no key", true],
    [
      "outlived its keys",
      receipt({ leases: [{ ...key, fence_at: "2026-11-27T12:15:00Z", status: "expired" }] }),
      "have expired",
      true,
    ],
  ])("that %s is shown so", (_, given, words, isOver) => {
    expect(endingInWords(given)).toEqual({ says: expect.stringContaining(words), isOver });
  });
});

describe("the overview in a sentence", () => {
  const agents = [{ id: "a", name: "a", team: "t", status: "active", live: 1 }];
  it("counts what is alive and what waits", () => {
    expect(overviewInWords({ live: 0, agents: [], approvals: [] })).toEqual([
      "Nothing that you may see can act: no task is alive.",
    ]);
    const approvals = [
      { group: "sre", waiting: 2 },
      { group: "security", waiting: 0 },
    ];
    expect(overviewInWords({ live: 1, agents, approvals })).toEqual([
      "1 task of 1 agent is alive.",
      "Requests wait: 2 for sre.",
    ]);
  });

  it("distinguishes a rule from a person", () => {
    expect(byInWords("escalation:E3:abc")).toBe("rule E3 of escalation");
    expect(byInWords("staff|escalation:E3:abc")).toBe("escalation:E3:abc at staff");
    expect(byInWords("condition:change-freeze")).toBe("the condition change-freeze");
    expect(byInWords("staff|condition:x")).toBe("condition:x at staff");
  });
});

describe("what was done about an escalation", () => {
  it.each([
    [{ done: "end_task" }, "The task was ended."],
    [{ done: "set:watched" }, "The condition watched was set for the agent."],
    [
      { done: "alarm", wanted: "set:watched" },
      "An alarm rang; nothing else was done. The configuration requires set:watched; a cap or a lift prevented that.",
    ],
    [{ done: "of_a_later_version" }, "of_a_later_version"],
  ] as const)("is a sentence, and the name of a response that this page does not know: %o", (row, sentence) => {
    expect(doneInWords(row)).toBe(sentence);
  });
});

describe("pages of tasks", () => {
  const page = (ids: readonly string[], next?: string): Read<TaskList> => ({
    tasks: ids.map((id) => ({
      id,
      agent: "a",
      purpose: "p",
      status: "active",
      opened_at: "",
      expires_at: "",
      authorization_details: [],
      leases: [],
    })),
    ...(next === undefined ? {} : { next }),
  });
  const pages = [page(["1", "2"], "m"), page(["2", "3"], "n")];

  it("show a task once that has moved from one to the next", () => {
    expect(rowsOf(pages).map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  it("cover a row that one holds, or every row once the last is read", () => {
    expect([0, 3, 4].map((row) => isCovered(pages, row))).toEqual([true, true, false]);
    expect(isCovered([...pages, page(["4"])], 99)).toBe(true);
    expect(isCovered([], 0)).toBe(false);
  });

  it("find the page of a row, the next one to read, or the last one", () => {
    expect([0, 2, 4, 99].map((row) => pageOf(pages, row))).toEqual([0, 1, 2, 2]);
    expect([pageOf([page(["1"])], 5), pageOf([], 5)]).toEqual([0, 0]);
  });

  it("have none behind a page that has become the last", () => {
    expect(withPage(pages, 0, page(["1"]))).toHaveLength(1);
    expect(withPage(pages, 1, page(["9"], "o")).map(({ next }) => next)).toEqual(["m", "o"]);
  });
});

describe("the numbers of the last 24 hours", () => {
  const hours = [0, 12, 3].map((keys, nth) => ({
    ...{ from: `2026-11-27T1${nth}:00:00.000Z`, keys, opened: 1, denied: 0, ended: 0 },
  }));

  it("are read from the 23 full hours before this one on, by an address that stays the same within the hour", () => {
    const path = "/v1/journal?since=2026-11-26T13:00:00Z&counts=hours&limit=1";
    expect(dayPath(Date.parse("2026-11-27T12:00:00Z"))).toBe(path);
    expect(dayPath(Date.parse("2026-11-27T12:59:59Z"))).toBe(path);
    expect(dayPath(Date.parse("2026-11-27T13:00:00Z"))).not.toBe(path);
  });

  it("are summed, and described by their highest hour", () => {
    expect(sumOf(hours, "keys")).toBe(15);
    expect(plotInWords(hours, [0, 12, 3])).toMatch(/^By hour: at the most 12, in the hour from \d\d:00 on\.$/);
    expect(plotInWords(hours, [0, 0, 0])).toBe("By hour: 0 in each.");
    expect(plotInWords([], [])).toBe("By hour: 0 in each.");
  });

  it("write the rights that ended tasks left unused, with the tasks that were left out and what is not known", () => {
    const rights = { tasks: 2, granted: 6, unused: 3, not_seen: 0 };
    const [one, two, three] = hours.map((hour) => ({ ...hour, ended: 2 }));
    const known = [{ ...one, rights }, { ...two, rights }, three] as Parameters<typeof rightsInWords>[0];
    expect(rightsInWords(known)).toEqual({
      value: "6",
      says: expect.stringMatching(/^of 12 granted to 4 ended tasks; counted up to \d\d:00$/),
    });
    const doubtful = { ...rights, tasks: 1, not_seen: 2 };
    expect(rightsInWords([{ ...one, rights: doubtful }] as Parameters<typeof rightsInWords>[0]).says).toMatch(
      /^of 6 granted to 1 of 2 ended tasks; of 2 nothing is known; counted up to \d\d:00$/,
    );
    expect(rightsInWords(hours)).toEqual({ value: "–", says: "not counted yet: CloudTrail is late by up to an hour" });
  });

  it.each([
    [412, "412 ms"],
    [1_840, "1.8 s"],
    [99_940, "99.9 s"],
    [180_000, "3 min"],
  ])("write %d ms as %s", (milliseconds, text) => {
    expect(tookInWords(milliseconds)).toBe(text);
  });
});
