import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costOfAMillion } from "../bench/cost/cost-of-a-million.ts";
import { hubAtRest } from "../bench/cost/hub-at-rest.ts";
import { idleMonth } from "../bench/cost/month.ts";
import { CALLS_OF_A_TASK } from "../bench/cost/observation.ts";
import type { Row } from "../bench/row.ts";
import { read, table } from "./pages.ts";

const workDir = mkdtempSync(join(tmpdir(), "valetkey-costs-"));
let rows: readonly Row[];
beforeAll(async () => {
  rows = await costOfAMillion({ say: () => undefined, workDir, minutes: 1, perSecond: 1 });
});
afterAll(() => rmSync(workDir, { recursive: true, force: true }));

const figure = (name: string, unit = "dollars"): number =>
  rows.find((row) => row.name.startsWith(name))?.figures[unit] ?? Number.NaN;
/** Dollars of each row of the table, "some 39" as 39. */
const prices = () => table(read("docs/deploying.md"), "| what | dollars |");
const some = (what: string): number =>
  Number(/^some (\d+)$/.exec(prices().find(([name]) => name?.startsWith(what))?.[1] ?? "")?.[1]);

describe("the cost of valetkey in the docs", () => {
  it.each([
    ["a million tasks, vend to end", "1,000,000 tasks"],
    ["a hub that stands still", "a hub at rest"],
    ["what a million tasks do", "observation and archive"],
    ["a million calls that the hub", "1,000,000 calls that the hub signs"],
  ])("of %s is what the benchmark counts, to a dollar", (what, name) => {
    expect(Math.abs(some(what) - figure(name))).toBeLessThanOrEqual(1);
  });

  it("adds up what each dollar of a million tasks buys, to half a dollar", () => {
    const parts = table(read("docs/capacity.md"), "| part of a task's bill | dollars | what it buys | needed by |");
    const sum = parts.reduce((dollars, [, of]) => dollars + Number(of), 0);
    expect(Math.abs(sum - figure("1,000,000 tasks"))).toBeLessThanOrEqual(0.5);
  });

  it("lists the parts of a hub at rest", () => {
    const parts = Object.entries(hubAtRest(idleMonth(3))).map(([part, dollars]) => [part, dollars.toFixed(2)]);
    expect(table(read("docs/capacity.md"), "| part | dollars | of what |").map((row) => row.slice(0, 2))).toEqual(
      parts,
    );
  });

  it("includes stored ended tasks, to a dollar", () => {
    const [, dollars] =
      /ended tasks in the table costs some \$(\d+) for each month/.exec(read("docs/capacity.md")) ?? [];
    expect(Math.abs(Number(dollars) - figure("storage"))).toBeLessThanOrEqual(0.5);
  });

  it("includes observing and the archive, on both pages", () => {
    const [seen, kept] = [figure("observation", "seen"), figure("observation", "kept")];
    const rows = table(read("docs/capacity.md"), "| of a million tasks | dollars |");
    const [toSee = 0, toKeep = 0] = rows.map((row) => Number(row[1]));
    // On a busy machine, fewer records share a batch: to a dollar, as above.
    expect(Math.abs(toSee - seen)).toBeLessThanOrEqual(1);
    expect(Math.abs(toKeep - kept)).toBeLessThanOrEqual(1);
    const row = prices().find(([name]) => name?.startsWith("what a million tasks do"))?.[2];
    expect(row).toContain(`$${(toSee / CALLS_OF_A_TASK).toFixed(2)} for a million calls`);
    expect(row).toContain(`$${toKeep.toFixed(2)} a month`);
  });

  it("is in the README, too", () => {
    const sentence = `some $${some("a hub that stands still")} a month, and a million tasks some $${some("a million tasks, vend")}.`;
    expect(read("README.md").replace(/\s+/g, " ")).toContain(sentence);
  });
});
