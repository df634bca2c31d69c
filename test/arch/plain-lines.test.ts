import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { plainLine } from "../../contract/decision/plain-line.ts";

/** Sources that print. */
const printers = execFileSync("git", ["ls-files", "client", "infra/config", "action"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => file.endsWith(".ts"));

describe("lines that people read on a terminal", () => {
  it("are made plain in one place: nothing beside it replaces control characters by spaces", () => {
    const copies = printers.filter((file) => /replace(?:All)?\(\s*\/\[?\\p\{C/u.test(readFileSync(file, "utf8")));
    expect(copies).toEqual([]);
    expect(printers.length).toBeGreaterThan(150);
  });

  it("have no character that a terminal obeys, that hides others, or that ends a line", () => {
    const odd = [
      "\u001b",
      "\u009b",
      "\r",
      "\n",
      "\u0007",
      "\u200b",
      "\u202e",
      "\u2066",
      "\u2028",
      "\u2029",
      "\ud800",
      "\u{e0041}",
    ];
    expect(plainLine(odd.join("x"))).toBe(odd.map(() => " ").join("x"));
    expect([plainLine("Zoë 漢字 🙂"), plainLine(7), plainLine(undefined)]).toEqual(["Zoë 漢字 🙂", "7", ""]);
  });

  it.each([
    ["x ##[save-state name=pid]1", "x # #[save-state name=pid]1"],
    ["####[group]x", "### #[group]x"],
    ["##vso[task.setvariable variable=x]y", "# #vso[task.setvariable variable=x]y"],
    ["##teamcity[x]", "# #teamcity[x]"],
    ["\n  ::set-output name=task::forged", "   : :set-output name=task::forged"],
    ["::add-mask::x", ": :add-mask::x"],
  ])("command no CI runner: %j", (hostile, plain) => {
    expect(plainLine(hostile)).toBe(plain);
  });

  it.each(["::1", "# [x]", "## heading", "a::b::c", "arn:aws:iam::111122223333:role/x", "fe80::1", "::ffff:10.0.0.1"])(
    "are as they were where nothing commands a CI runner: %s",
    (text) => expect(plainLine(text)).toBe(text),
  );
});
