import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../client/commands.ts";
import { type Source, sourcesBelow } from "./imports-below.ts";

/** Files whose commands a person does not copy as they are in the file. */
const LEFT_OUT: Readonly<Record<string, RegExp>> = {
  "helps, which helpAsTyped spells when they are printed": /^client\/(.*help|commands)\.ts$/,
  "scripts for a shell, and of a package.json": /^client\/(commands\/completion|init\/template)\.ts$/,
  "pages, which describe": /^client\/(threat|audit\/controls)\//,
  "descriptions of the API document": /^contract\/(credentials|journal|rehearsals|threat-models)\.ts$/,
};

const sources = ["client", "console", "contract", "functions", "local"]
  .flatMap(sourcesBelow)
  .filter(({ file }) => !Object.values(LEFT_OUT).some((pattern) => pattern.test(file)));

/** A command with its subcommand or its help. */
const BARE = new RegExp(
  `(?<!npx )valetkey (?:(?:${Object.keys(COMMANDS).join("|")})(?![\\w:-])|--help|help |\\$\\{(?!hub|version))`,
  "g",
);

/** Finds the lines that write a command without its spelling for the reader's shell. A command in backticks is only named. */
const bareIn = ({ file, text }: Source): readonly string[] =>
  text.split("\n").flatMap((line) => {
    if (/^\s*(?:\/?\*|\/\/)/.test(line)) return [];
    const bare = [...line.matchAll(BARE)].filter(({ index }) => !isNamed(line.slice(0, index)));
    return bare.map(() => `${file}: ${line.trim()}`);
  });

/** True behind an element of code, an escaped backtick, or a backtick within double quotes; a template's own backtick names nothing. */
const isNamed = (before: string): boolean =>
  /<code>$|\\`$/.test(before) || (before.endsWith("`") && before.split('"').length % 2 === 0);

describe("commands in messages", () => {
  it("are spelled by ownCommand, or by npx where the reader's machine is unknown", () => {
    expect(sources.flatMap(bareIn)).toEqual([]);
    expect(sources.length).toBeGreaterThan(900);
  });

  it.each([
    '  throw usage("you are not logged in: valetkey login");',
    "  const how = `valetkey receipt ${id} --wait 60`;",
    "  throw usage(`${option} is required; valetkey ${command} --help shows an example`);",
  ])("are found where they are bare: %s", (text) => {
    expect(bareIn({ file: "a.ts", text })).toHaveLength(1);
  });

  it.each([
    '  "the log of `valetkey serve` has it",',
    "  `the log of \\`valetkey serve\\` has it`,",
    '  "run npx valetkey login",',
    "  // valetkey login writes it.",
    '  "valetkey answered 500",',
  ])("are left where nobody would copy them: %s", (text) => {
    expect(bareIn({ file: "a.ts", text })).toEqual([]);
  });
});
