import { describe, expect, it } from "vitest";
import { answers, asked, ok, run, setOperatorStage } from "./operator-stage.ts";

setOperatorStage();

const NOW_MS = Date.now();
const ago = (seconds: number) => new Date(NOW_MS - seconds * 1_000).toISOString();
const FOUND = {
  rule: "E4",
  says: "AWS denied a write.",
  agent: "demo",
  task: "k7f3m2q9x4ab.",
  account: "111122223333",
  at: ago(400),
  found_at: ago(100),
  action: "iam:CreateUser",
  resource: "*\u001b[2J",
  event: "j7f3m2q9x4ab.",
  done: "alarm",
  wanted: "suspend_agent",
};
const MORE = { rule: "E4", says: "AWS denied a write.", agent: "demo", until: ago(50), unlisted: true };
const OLD = { ...FOUND, found_at: ago(8 * 86_400), task: "old7f3m2q9x4." };

describe("valetkey escalations", () => {
  it("lists the latest, with what was done, and obeys no control character", async () => {
    answers["GET /v1/escalations"] = ok({ escalations: [MORE, FOUND, OLD], next: "000000000000001#x" });
    const { code, stdout } = await run("escalations");
    expect(code).toBe(0);
    expect(stdout).toMatch(/E4 +demo +k7f3m2q9x4ab\. +iam:CreateUser \* \[2J +alarm \(not suspend_agent\)\n/);
    expect(stdout).toMatch(/until .* E4 +demo +more than are listed: `valetkey audit show`/);
    expect(stdout).not.toContain("old7f3m2q9x4.");
    expect(asked()).toEqual(["GET /v1/escalations"]);
    const { stdout: json } = await run("escalations", "--json");
    expect(JSON.parse(json)).toEqual({ escalations: [MORE, FOUND] });
  });

  it("reads further pages of an agent, or of a task's tree", async () => {
    answers["GET /v1/escalations?agent=demo"] = ok({ escalations: [FOUND], next: "000000000000001#x" });
    answers["GET /v1/escalations?agent=demo&after=000000000000001%23x"] = ok({ escalations: [MORE] });
    const { stdout } = await run("escalations", "--agent", "demo", "--since", "24h", "--json");
    expect(JSON.parse(stdout)).toEqual({ escalations: [FOUND, MORE] });
  });

  it("prints that nothing was found", async () => {
    answers["GET /v1/escalations?tree=k7f3m2q9x4ab."] = ok({ escalations: [] });
    expect((await run("escalations", "--task", "k7f3m2q9x4ab.")).stdout).toMatch(
      /^No escalation rule has found anything since 20\S+Z\.\n$/,
    );
    expect((await run("escalations", "--task", "k7f3m2q9x4ab.", "--since", "2026-11-25")).stdout).toBe(
      "No escalation rule has found anything since 2026-11-25T00:00:00.000Z.\n",
    );
  });

  it.each([
    ["not both", ["--agent", "demo", "--task", "k7f3m2q9x4ab."]],
    ["--since takes 90m, 24h or 7d ago, a day such as", ["--since", "yesterday"]],
  ])("requests one thing: %s", async (query, argv) => {
    const { code, stderr } = await run("escalations", ...argv);
    expect(code).toBe(64);
    expect(stderr).toContain(query);
    expect(asked()).toEqual([]);
  });
});
