import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { JUDGE_NAMES } from "../judges/judges.ts";
import { read } from "./pages.ts";

describe("the page of judges", () => {
  it("has a row for each judge, and each judge can be run", () => {
    const rows = [...read("docs/judges.md").matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
    expect(rows.toSorted()).toEqual(JUDGE_NAMES.toSorted());
    for (const name of JUDGE_NAMES)
      expect(existsSync(new URL(`../judges/${name}/run.ts`, import.meta.url)), name).toBe(true);
  });
});
