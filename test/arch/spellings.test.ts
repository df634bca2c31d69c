import { expect, it } from "vitest";
import { ACCOUNT_ID, AGENT_ID, APPROVAL_ID, REGION, SECRET_NAME } from "../../contract/names.ts";
import { FOLDERS, sourcesBelow } from "./imports-below.ts";

/** File that makes each name of one spelling. Its type guard checks the form, so that nothing is cast. */
const PARSERS: Readonly<Record<string, string>> = {
  AccountId: "functions/core/deployment/account-id.ts",
  Region: "functions/core/deployment/region.ts",
  AgentId: "contract/agent-id.ts",
  ApprovalId: "contract/approval-id.ts",
};

const SOURCES = FOLDERS.flatMap(sourcesBelow).filter(({ file }) => file !== "test/arch/spellings.test.ts");

it.each(Object.entries(PARSERS))("%s is made in %s, and is cast to nowhere, tests included", (name, parser) => {
  expect(filesWith(`readonly __brand: "${name}"`)).toEqual([parser]);
  expect(filesWith(`value is ${name}`)).toEqual([parser]);
  expect(filesWith(`as ${name}`)).toEqual([]);
  expect(filesWith(`as readonly ${name}`)).toEqual([]);
});

it("a task's path is made in one file, and no text is cast to one in what runs", () => {
  const file = "functions/core/task-path.ts";
  expect(filesWith('readonly __brand: "TaskPath"')).toEqual([file]);
  expect(filesWith(" is TaskPath")).toEqual([file]);
  const casts = [...filesWith("as TaskPath"), ...filesWith("as readonly TaskPath")];
  expect(casts.filter((each) => !each.startsWith("test/"))).toEqual([]);
});

it("a tag's key is folded in one file, and no text is cast to one elsewhere, tests included", () => {
  const file = "functions/core/policy/tag-conditions.ts";
  expect(filesWith('readonly __brand: "TagKey"')).toEqual([file]);
  expect(filesWith("as TagKey")).toEqual([file]);
});

/** Text of each form in the sources. */
const FORMS = {
  AccountId: ACCOUNT_ID,
  AgentId: AGENT_ID,
  ApprovalId: APPROVAL_ID,
  Region: REGION,
  SecretName: SECRET_NAME,
} as const;

it.each(Object.entries(FORMS))("the form of %s is written once", (_, form) => {
  const folders = ["action", "client", "contract", "functions", "infra"];
  const files = folders.flatMap(sourcesBelow).filter(({ text }) => text.includes(String(form)));
  expect(files.map(({ file }) => file)).toEqual(["contract/names.ts"]);
});

it.each([
  ["an agent's id", "AGENT_ID.test(", PARSERS.AgentId],
  ["an approval's id", "APPROVAL_ID.test(", PARSERS.ApprovalId],
])("a text is compared with the form of %s in one file only", (_, comparison, parser) => {
  const folders = ["client/audit", "client/doctor", "client/policy", "client/task", "contract", "functions"];
  const files = folders.flatMap(sourcesBelow).filter(({ text }) => text.includes(comparison));
  expect(files.map(({ file }) => file)).toEqual([parser]);
});

const filesWith = (text: string): readonly string[] =>
  SOURCES.filter((source) => source.text.includes(text)).map(({ file }) => file);

it("only tests link an event with facts that the contract may not list", () => {
  const files = sourcesBelow("functions").filter(({ text }) => text.includes("linkEvent"));
  expect(files.map(({ file }) => file)).toEqual(["functions/core/journal/event.ts"]);
});
