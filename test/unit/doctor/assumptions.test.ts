import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { type Assumption, failsToHold } from "../../../doctor/aws/assumptions/assumption.ts";
import { ASSUMPTIONS } from "../../../doctor/aws/assumptions/list.ts";
import { rightsOfProbes } from "../../../doctor/aws/assumptions/rights.ts";
import { probeAssumptions } from "../../../doctor/aws/assumptions/run.ts";
import { MARKER, type Workshop } from "../../../doctor/aws/assumptions/workshop.ts";

const SECURITY = readFileSync(fileURLToPath(new URL("../../../SECURITY.md", import.meta.url)), "utf8");
const PLACE = { account: "111122223333", region: "us-east-1", endpoint: "x", isAws: false };

/** Rows of SECURITY.md's table: what is assumed, and what follows. */
const rows = SECURITY.slice(SECURITY.indexOf("| assumed |"), SECURITY.indexOf("## Defaults worth knowing"))
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(1)
  .map((line) => line.slice(2, -2).split(" | "))
  .map(([assumed, , follows]) => [assumed, follows]);

describe("what SECURITY.md assumes about AWS", () => {
  it("has a probe, or the reason why there is none, row by row and word by word", () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(ASSUMPTIONS.map(({ assumed, follows }) => [assumed, follows])).toEqual(rows);
    expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(rows.length);
  });

  it("needs rights on what has the marker in its name, and on nothing else", () => {
    const { Statement } = rightsOfProbes({ partition: "aws", account: "111122223333", region: "us-east-1" });
    for (const resource of Statement.flatMap(({ Resource }) => Resource)) expect(resource).toContain(`${MARKER}-*`);
    expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes("*"))).toEqual([]);
  });
});

describe("a probe", () => {
  const one = (probe: (workshop: Workshop) => Promise<ReturnType<typeof failsToHold>>): Assumption => ({
    ...{ id: "one", assumed: "it holds", follows: "nothing", probe },
  });

  it("that breaks off removes what it made, says what could not be removed, and quotes no message", async () => {
    const close = vi.fn(async () => ["bucket b (AccessDenied)"]);
    const broken = one(async (workshop) => {
      workshop.close = close;
      throw Object.assign(new Error("CANARY"), { name: "Throttling\u001b[2K" });
    });
    const { results, left } = await probeAssumptions(PLACE, () => {}, [broken, one(async () => failsToHold("seen"))]);
    expect(results.map(({ answer, found }) => [answer, found])).toEqual([
      ["not_known", "it could not be tried (Throttling2K)"],
      ["does_not_hold", "seen"],
    ]);
    expect([left, close.mock.calls.length]).toEqual([["bucket b (AccessDenied)"], 1]);
  });
});
