import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { TABLE_BOUNDS } from "../../../functions/adapters/dynamodb/table-bounds.ts";
import type { FunctionName } from "../../../functions/names.ts";
import { BUNDLING } from "../../../infra/bundle-function.ts";
import { bundledFunctions, hashOfSources } from "../../../local/bundled-functions.ts";

const root = mkdtempSync(join(tmpdir(), "valetkey-sources-"));
const write = (path: string, text: string): string => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return hashOfSources(root);
};

afterAll(() => rmSync(root, { recursive: true }));

it.each([
  "functions/exchange/handler.ts",
  "functions/core/deep/down/rule.ts",
  "decision/words.ts",
  "policy-tools/check/clauses.ts",
  "infra/bundled/environment-credentials.ts",
  "infra/bundle-function.ts",
  "package-lock.json",
])("functions are bundled anew after a change of %s, and found again after the change is undone", (path) => {
  const first = write(path, "one");
  expect(write(path, "two")).not.toBe(first);
  expect(write(path, "one")).toBe(first);
});

it("functions are bundled anew where text moves from one source to another", () => {
  write("functions/a.ts", "one");
  const before = write("functions/b.ts", "two");
  write("functions/a.ts", "onetwo");
  expect(write("functions/b.ts", "")).not.toBe(before);
});

it("a source that no function can import changes nothing", () => {
  const before = write("functions/a.ts", "one");
  expect(write("client/a.ts", "one")).toBe(before);
});

/** Longest attempts of calls, as a bundle has them: esbuild writes 2,000 as 2e3. */
const attemptMs = (text: string) =>
  [...text.matchAll(/"?attemptMs"?: ?([\de]+), ?"?wholeMs"?:/g)].map(([, ms]) => Number(ms));
/** Duration of one attempt of a call of the table; milliseconds. */
const tableMs = (file: string) => {
  const [bounds = ""] = /TABLE_BOUNDS = \{[^}]*\}/.exec(readFileSync(file, "utf8")) ?? [];
  return attemptMs(bounds);
};
const CLIENTS: readonly FunctionName[] = ["exchange", "tasks"];

it.each(CLIENTS)("%s waits for its table as it is deployed, unless a cloud is started patient", async (name) => {
  const [given, patient] = [await bundledFunctions(), await bundledFunctions(true)];
  expect(tableMs(given(name))).toEqual([2_000]);
  expect(tableMs(patient(name))).toEqual([20_000]);
});

it("a deployed function has two seconds for a call of the table, and no option for it", () => {
  expect(TABLE_BOUNDS).toEqual({ attempts: 3, connectMs: 1_000, attemptMs: 2_000, wholeMs: 6_000 });
  expect(BUNDLING).not.toHaveProperty("plugins");
});
