import { expect, it } from "vitest";
import { FOLDERS, sourcesBelow } from "./imports-below.ts";

/** File that makes each name of one spelling. Its type guard checks the form, so that nothing is cast. */
const PARSERS: Readonly<Record<string, string>> = {
  AccountId: "functions/core/deployment/account-id.ts",
};

const SOURCES = FOLDERS.flatMap(sourcesBelow).filter(({ file }) => file !== "test/arch/spellings.test.ts");

it.each(Object.entries(PARSERS))("%s is made in %s, and is cast to nowhere, tests included", (name, parser) => {
  expect(filesWith(`readonly __brand: "${name}"`)).toEqual([parser]);
  expect(filesWith(`value is ${name}`)).toEqual([parser]);
  expect(filesWith(`as ${name}`)).toEqual([]);
  expect(filesWith(`as readonly ${name}`)).toEqual([]);
});

it("the form of an account's id is written once, and once in the client, which imports none of the functions", () => {
  const whole = /\/\^\\d\{12\}\$\//;
  const files = ["action", "audit", "client", "config", "decision", "doctor", "functions", "policy-tools"]
    .flatMap(sourcesBelow)
    .filter(({ text }) => whole.test(text));
  expect(files.map(({ file }) => file)).toEqual(["client/task/fields.ts", PARSERS.AccountId]);
});

const filesWith = (text: string): readonly string[] =>
  SOURCES.filter((source) => source.text.includes(text)).map(({ file }) => file);
