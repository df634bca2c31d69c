import { describe, expect, it } from "vitest";
import { answers, asked, ok, run, setOperatorStage } from "./operator-stage.ts";

setOperatorStage();

const READS = {
  budget: "reads",
  counts: "grants",
  text: "reads 2/1d agent",
  scope: "agent",
  grants: 2,
  window_seconds: 86_400,
};
const OWN = {
  budget: "own",
  counts: "grants",
  text: "own 1/1h person",
  scope: "person",
  grants: 1,
  window_seconds: 3_600,
};
const FREE = "2026-11-25T12:00:10Z";

const LIST = "GET /v1/budgets";

describe("valetkey budgets", () => {
  it("prints who has spent what of each, and from when on another is allowed; obeys no control character", async () => {
    const spent = [
      { holder: "ci-\u001b[2Jdeployer", grants: 2, free_at: FREE },
      { holder: "reporter", grants: 1 },
    ];
    const none = { ...READS, text: "reads 9/1d hub", scope: "hub", spent: [] };
    const calls = { ...READS, counts: "signatures", spent: [{ holder: "reporter", grants: 2, free_at: FREE }] };
    answers[LIST] = ok({ budgets: [OWN, { ...READS, spent }, none, calls] });
    const { code, stdout } = await run("budgets");
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["BUDGET", "COUNTS", "SPENT BY", "SPENT", "ALLOWS ANOTHER"],
      ["own 1/1h person", "grants", "see --person"],
      ["reads 2/1d agent", "grants", "ci- [2Jdeployer", "2", FREE],
      ["reads 2/1d agent", "grants", "reporter", "1", "now"],
      ["reads 9/1d hub", "grants", "nobody", "0", "now"],
      ["reads 2/1d agent", "signatures", "reporter", "2", FREE],
      [""],
    ]);
    const { stdout: json } = await run("budgets", "--json");
    expect(JSON.parse(json)).toEqual({ budgets: [OWN, { ...READS, spent }, none, calls] });
  });

  it("reads page by page, and joins a budget that goes on on the next one", async () => {
    const [first, second] = [
      { holder: "a-agent", grants: 1 },
      { holder: "b-agent", grants: 1 },
    ];
    answers[LIST] = ok({ budgets: [{ ...READS, spent: [first] }], next: "reads 2/1d agent a-agent" });
    answers[`${LIST}?after=reads%202%2F1d%20agent%20a-agent`] = ok({ budgets: [{ ...READS, spent: [second] }, OWN] });
    const { stdout } = await run("budgets", "--json");
    expect(JSON.parse(stdout)).toEqual({ budgets: [{ ...READS, spent: [first, second] }, OWN] });
  });

  it("asks by the name of a budget, of a person and of a tree", async () => {
    answers[`${LIST}?name=own&person=staff%7Cada`] = ok({
      budgets: [{ ...OWN, spent: [{ holder: "staff|ada", grants: 1, free_at: FREE }] }],
    });
    answers[`${LIST}?tree=k7f3m2q9x4ab.`] = ok({ budgets: [] });
    const own = await run("budgets", "own", "--person", "staff|ada");
    expect([own.code, own.stdout]).toEqual([
      0,
      expect.stringMatching(/own 1\/1h person {2}grants {2}staff\|ada {2}1 .* 2026-/),
    ]);
    const tree = await run("budgets", "--task", "k7f3m2q9x4ab.");
    expect([tree.code, tree.stdout]).toEqual([0, "No deployed policy has a budget of trees.\n"]);
    answers[`${LIST}?name=no-such`] = ok({ budgets: [] });
    const none = await run("budgets", "no-such");
    expect([none.code, none.stderr]).toEqual([
      64,
      expect.stringContaining("no deployed policy has a budget named no-such"),
    ]);
  });

  it.each([
    [["budgets", "one", "two"], "too many arguments"],
    [["budgets", "--person", "staff|ada", "--task", "k7f3m2q9x4ab."], "give --person or --task, not both"],
    [["budgets", "--yes"], "--yes"],
  ])("refuses %j, and sends nothing", async (argv, say) => {
    const { code, stderr } = await run(...argv);
    expect([code, stderr]).toEqual([64, expect.stringContaining(say)]);
    expect(asked()).toEqual([]);
  });
});
