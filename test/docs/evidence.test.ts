import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTROLS } from "../../client/audit/controls/controls.ts";
import { faultsOf } from "../evidence/faults.ts";
import { renderPage } from "../evidence/page.ts";
import { type SeenRed, unseen } from "../evidence/sensitivity.ts";
import { ROOT, read } from "./pages.ts";

const SEEN: readonly SeenRed[] = JSON.parse(read("test/evidence/seen-red.json"));

describe("docs/evidence.md", () => {
  it("cites files, symbols and switches that exist", () => {
    expect(faultsOf(CONTROLS, (path) => (existsSync(join(ROOT, path)) ? read(path) : undefined))).toEqual([]);
  });

  it("names no attack that nobody has seen red", () => {
    expect(unseen(CONTROLS, SEEN)).toEqual([]);
  });

  it("is what npm run evidence writes", () => {
    expect(read("docs/evidence.md")).toBe(renderPage(CONTROLS, SEEN));
  });
});
