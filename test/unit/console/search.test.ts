import { describe, expect, it } from "vitest";
import { factsOf, isNo, pageOf } from "../../../console/audit/event-in-words.ts";
import { commandOf, NO_SEARCH, queryOf, searchIn } from "../../../console/audit/search.ts";
import { pageAt } from "../../../contract/decision/console-pages.ts";

const SEARCH = { ...NO_SEARCH, agent: "report-agent", person: "staff|ann b", since: "2026-11-24", denied: true };

describe("a search of the log", () => {
  it("comes back from the address that it is written into, which the console serves", () => {
    const query = queryOf(SEARCH);
    expect(searchIn(query)).toEqual({ ...SEARCH, since: "2026-11-24T00:00:00Z" });
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
      "npx valetkey audit show s3://archive --agent report-agent --person 'staff|it'\\''s' --since 2026-11-24T00:00:00Z --denied",
    );
  });
});

describe("an event of the log", () => {
  const row = (journal: string, of: string, facts: Readonly<Record<string, unknown>> = {}) => ({
    index: 1,
    event: { journal, of, n: 1, type: "task.refused", at: 0, facts, previous: "", hash: "" },
  });

  it("leads to the page about its subject", () => {
    expect([pageOf(row("tasks", "k.")), pageOf(row("agents", "a1")), pageOf(row("roles", "r"))]).toEqual([
      "/tasks/k.",
      "/agents/a1",
      undefined,
    ]);
  });

  it("lists its facts, and neither its subject again nor what is no text", () => {
    expect(factsOf(row("agents", "a1", { agent: "a1", code: "x", why: { a: 1 }, by: "" }))).toEqual([["code", "x"]]);
  });

  it("is marked where it is a no", () => {
    expect(["task.refused", "approval.denied", "task.ended"].map(isNo)).toEqual([true, true, false]);
  });
});
