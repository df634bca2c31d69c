import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { hashOfSources } from "../../../local/bundled-functions.ts";

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
])("functions are bundled anew after a change of %s, and found again after it is taken back", (path) => {
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
