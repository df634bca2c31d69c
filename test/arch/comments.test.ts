import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Comment that begins with a question word: its reader has to find the noun first. */
const WITHOUT_A_NOUN =
  /^\s*(?:\/\*\*|\*|\/\/) (?:What|Whatever|Whoever|Whether|Of|Where|How|Who|When|Those|Which|By|That|Under)\b.*/gmu;

/** Comment that begins with a pronoun, which points to something that its reader has not met. */
const WITH_A_PRONOUN =
  /^\s*(?:\/\*\*|\/\/) (?:It|Its|They|Their|Them|Those|So many|(?:This|That|These) (?:is|are|was|were|has|have|hold|two))\b.*/gmu;

/** Comment with a verb of saying or standing, where the field has one of its own: return, record, store, report, refuse. */
const WITH_A_VAGUE_VERB =
  /^\s*(?:\/\*\*|\*|\/\/) (?!Stryker|biome-ignore).*(?<!`|@param )\b(?:told|tells?|telling|kept|said|says|stands?|stood)\b.*/gmu;

const files = execFileSync("git", ["ls-files", "*.ts", "*.tsx"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "");
const sources = files.filter((file) => !file.startsWith("test/"));

const matching = (pattern: RegExp, among: readonly string[]): readonly string[] =>
  among.flatMap((file) => [...readFileSync(file, "utf8").matchAll(pattern)].map(([line]) => `${file}: ${line}`));

describe("comments in plain English", () => {
  it("begin with their noun, or with a verb: none with a question word", () => {
    expect(matching(WITHOUT_A_NOUN, sources)).toEqual([]);
    expect(sources.length).toBeGreaterThan(500);
  });

  it("begin with their noun, or with a verb: none with a pronoun, in tests too", () => {
    expect(matching(WITH_A_PRONOUN, files)).toEqual([]);
    expect(files.length).toBeGreaterThan(1_000);
  });

  it("use the field's verbs: nothing is told, said or kept, and nothing stands", () => {
    expect(matching(WITH_A_VAGUE_VERB, sources)).toEqual([]);
  });

  it.each(["/** Roles that are told. */", "   * the record says so", "  // It stands in the list."])(
    "would find the verb of %s",
    (line) => {
      expect([...line.matchAll(WITH_A_VAGUE_VERB)]).toHaveLength(1);
    },
  );

  it.each(["/** What it is. */", " * Whether it is so.", "  // By its name."])("would find %s", (line) => {
    expect([...line.matchAll(WITHOUT_A_NOUN)]).toHaveLength(1);
  });

  it.each(["/** Its name. */", "  // It is so.", "  // These are kept."])("would find the pronoun of %s", (line) => {
    expect([...line.matchAll(WITH_A_PRONOUN)]).toHaveLength(1);
  });
});
