import { describe, expect, it } from "vitest";
import { byDay, factsOf, isNo, pageOf, pageOfFact } from "../../../console/audit/event-in-words.ts";
import {
  addressOf,
  commandOf,
  fieldsOf,
  NO_SEARCH,
  readSearch,
  searchIn,
  textOf,
  whoCouldCommand,
} from "../../../console/audit/search.ts";
import { pageAt } from "../../../contract/decision/console-pages.ts";

const SEARCH = { ...NO_SEARCH, agent: "report-agent", person: "staff|ann b", since: "2026-11-24", denied: true };

describe("a search of the log", () => {
  it("comes back from the address that it is written into, which the console serves", () => {
    const query = addressOf(SEARCH);
    expect(searchIn(query)).toEqual(SEARCH);
    expect(pageAt(`/audit/${query}`)).toEqual({ name: "audit", id: query });
    expect(pageAt("/audit")).toEqual({ name: "audit", id: "" });
  });

  it("takes nothing from an address but its own fields", () => {
    expect(searchIn("agent=a&limit=9&before=1&denied=yes")).toEqual({ ...NO_SEARCH, agent: "a" });
  });

  it("takes nothing from an address that cannot be seen, or that turns the command around", () => {
    expect(searchIn(`agent=a%E2%80%AEb&person=${encodeURIComponent("staff|x\ny")}&task=k.`)).toEqual({
      ...NO_SEARCH,
      task: "k.",
    });
  });

  it("is the same as a command, quoted for a shell", () => {
    expect(commandOf({ ...SEARCH, person: "staff|it's" }, "archive")).toBe(
      "npx valetkey audit show s3://archive --agent report-agent --person 'staff|it'\\''s' --since 2026-11-24 --denied",
    );
    expect(commandOf({ ...NO_SEARCH, until: "2026-11-25" }, "archive")).toBe(
      "npx valetkey audit show s3://archive --until 2026-11-25",
    );
  });

  it("begins with the first millisecond of a day, and ends with the last one of a day", () => {
    const day = "2026-11-25";
    expect(readSearch({ ...NO_SEARCH, since: day, until: day })).toEqual({
      query: "since=2026-11-25T00%3A00%3A00.000Z&until=2026-11-25T23%3A59%3A59.999Z",
    });
    expect(readSearch({ ...NO_SEARCH, until: "2026-11-25T10:00Z" })).toEqual({
      query: "until=2026-11-25T10%3A00%3A00.000Z",
    });
  });

  it.each(["last tuesday", "24h", "2026-02-30", "2026-11-25T10:00"])("asks nothing by the time %s", (since) => {
    expect(readSearch({ ...NO_SEARCH, since })).toEqual({ says: expect.stringContaining(`"${since}" is no time.`) });
  });

  it("asks nothing where it ends before it begins", () => {
    expect(readSearch({ ...NO_SEARCH, since: "2026-11-25", until: "2026-11-24" })).toEqual({
      says: "The search ends before it begins.",
    });
  });

  it.each(["2026-11-25", "2026-11-25T10:00:00Z", "2026-11-25T10:00:00.250Z", ""])(
    "has the time %j in the fields of its form",
    (text) => {
      expect(textOf(fieldsOf(text))).toBe(text);
    },
  );

  it("has empty fields for a time that is none", () => {
    expect(fieldsOf("last tuesday")).toEqual({ day: "", time: "" });
  });
});

describe("the question who could", () => {
  it("is a command for one moment, quoted for a shell", () => {
    expect(whoCouldCommand("arn:aws:s3:::a/b.csv", "2026-11-24T12:00", "archive")).toBe(
      "npx valetkey audit who-could s3://archive 'arn:aws:s3:::a/b.csv' --at 2026-11-24T12:00Z --repository .",
    );
    expect(whoCouldCommand("arn:aws:s3:::a/b.csv", "", "archive")).toBe(
      "npx valetkey audit who-could s3://archive 'arn:aws:s3:::a/b.csv' --repository .",
    );
    expect(whoCouldCommand("arn:aws:s3:::a'; rm -rf x", "2026-11-24T12:00", "archive")).toContain(
      "'arn:aws:s3:::a'\\''; rm -rf x'",
    );
  });

  it.each([
    ["", "2026-11-24T12:00"],
    ["acme-data", "2026-11-24T12:00"],
    ["arn:aws:s3:::a", "2026-02-30T12:00"],
  ])("is no command for %j at %j", (arn, moment) => {
    expect(whoCouldCommand(arn, moment, "archive")).toBeUndefined();
  });
});

describe("an event of the log", () => {
  const row = (journal: string, of: string, facts: Readonly<Record<string, unknown>> = {}, type = "task.ended") => ({
    index: 1,
    event: { journal, of, n: 1, type, at: 0, facts, previous: "", hash: "" },
  });

  it("leads to the page about its subject", () => {
    expect([pageOf(row("tasks", "k.")), pageOf(row("agents", "a1")), pageOf(row("roles", "r"))]).toEqual([
      "/tasks/k.",
      "/agents/a1",
      undefined,
    ]);
    expect(pageOf(row("approvals", "r1", { approval: "ap1" }, "approval.voted"))).toBe("/approvals/ap1");
  });

  it.each(["task.refused", "operation.refused", "event.refused", "consent.given", "account.halted"])(
    "leads to no task where none came of it: %s",
    (type) => {
      expect(pageOf(row("tasks", "r1.", { agent: "a1" }, type))).toBeUndefined();
    },
  );

  it("leads on to the task, the agent and the approval of its facts", () => {
    expect([pageOfFact("task", "k."), pageOfFact("agent", "a1"), pageOfFact("approval", { id: "ap1" })]).toEqual([
      "/tasks/k.",
      "/agents/a1",
      "/approvals/ap1",
    ]);
    expect([pageOfFact("by", "a1"), pageOfFact("approval", null), pageOfFact("task", "")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("lists its facts, and neither its subject again nor what is no text", () => {
    expect(factsOf(row("agents", "a1", { agent: "a1", code: "x", why: { a: 1 }, by: "" }))).toEqual([["code", "x"]]);
  });

  it.each([
    [
      "condition.tightened",
      { condition: "change-freeze", scope: "team:data", by: "staff|ann", until: 9 },
      [
        ["condition", "change-freeze"],
        ["scope", "team:data"],
        ["by", "staff|ann"],
      ],
    ],
    [
      "approval.denied",
      { agent: "a1", task: "k.", by: "staff|bob", approval: "ap1" },
      [
        ["agent", "a1"],
        ["by", "staff|bob"],
      ],
    ],
    [
      "task.opened",
      { agent: "a1", details: [{ actions: ["s3:GetObject", "s3:PutObject"] }, { tools: ["close"] }] },
      [
        ["agent", "a1"],
        ["action", "s3:GetObject and 2 more"],
      ],
    ],
    ["task.opened", { details: [{ type: "secret" }, { tools: ["close"] }] }, [["action", "close"]]],
    ["task.opened", { action: "of another event", details: [null, 7, { actions: [{}] }] }, []],
    ["task.opened", { details: "s3:GetObject" }, []],
  ] as const)("names what %s is about: %o", (type, facts, named) => {
    expect(factsOf(row("tasks", "r1.", facts, type))).toEqual(named);
  });

  it("is in the order of time, by day, wherever it is in the log", () => {
    const at = (time: string, index: number) => ({
      ...row("tasks", "k."),
      index,
      event: { ...row("tasks", "k.").event, at: Date.parse(time) },
    });
    const rows = [
      at("2026-11-26T23:59:59.999Z", 4),
      at("2026-11-27T10:00:00Z", 3),
      at("2026-11-27T11:00:00Z", 1),
      at("2026-11-27T10:00:00Z", 2),
    ];
    expect(byDay(rows).map(({ day, rows: each }) => [day, ...each.map(({ index }) => index)])).toEqual([
      ["2026-11-27", 1, 3, 2],
      ["2026-11-26", 4],
    ]);
  });

  it("is marked where it is a no", () => {
    expect(["task.refused", "approval.denied", "task.ended"].map(isNo)).toEqual([true, true, false]);
  });
});
