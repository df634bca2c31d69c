import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Comment that begins with a question word: its reader has to find the noun first. */
const WITHOUT_A_NOUN =
  /^\s*(?:\/\*\*|\*|\/\/) (?:What|Whatever|Whoever|Whether|Of|Where|How|Who|When|Those|Which|By|That|Under)\b.*/gmu;

const sources = execFileSync("git", ["ls-files", "*.ts", "*.tsx"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && !file.startsWith("test/"));

describe("comments in plain English", () => {
  it("begin with their noun, or with a verb: none with a question word", () => {
    const found = sources.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(WITHOUT_A_NOUN)].map(([line]) => `${file}: ${line}`),
    );
    expect(found).toEqual([]);
    expect(sources.length).toBeGreaterThan(500);
  });

  it.each(["/** What it is. */", " * Whether it is so.", "  // By its name."])("would find %s", (line) => {
    expect([...line.matchAll(WITHOUT_A_NOUN)]).toHaveLength(1);
  });
});
