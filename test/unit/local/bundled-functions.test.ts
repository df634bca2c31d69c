import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { FunctionName } from "../../../contract/names.ts";
import { TABLE_BOUNDS } from "../../../functions/adapters/dynamodb/table/table-bounds.ts";
import { BUNDLING, bundleOf } from "../../../infra/bundle-function.ts";
import { bundledFunctions, hashOfSources, withPatience } from "../../../local/bundled-functions.ts";

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
  "contract/decision/words.ts",
  "functions/policy/clauses/clauses.ts",
  "infra/bundled/environment-credentials.ts",
  "infra/bundle-function.ts",
  "infra/bundle-in-pieces.ts",
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

/** Text that a start loads. */
const textOf = (file: string): string =>
  readFileSync(basename(file) === "index.mjs" ? join(dirname(file), "main.mjs") : file, "utf8");

/** Bounds of calls in a bundle, by the name of their table; milliseconds. esbuild writes 2,000 as 2e3. */
const attemptMs = (file: string, name: string) => {
  const [bounds = ""] = new RegExp(`\\b${name} ?= ?\\{ ?attempts[^}]*\\}`).exec(textOf(file)) ?? [];
  return Number(/attemptMs: ?([\de]+)/.exec(bounds)?.[1]);
};

it("the exchange starts in the pieces that are deployed: whatever a start does not load is in other files", async () => {
  const bundleOfExchange = await bundledFunctions();
  const folder = dirname(bundleOfExchange("exchange"));
  const named = (files: readonly string[]): readonly string[] => {
    const names = files.map((name) => name.replace(/-[A-Z0-9]{8}(?=\.mjs$)/, ""));
    return names.filter((name) => name.endsWith(".mjs") && name !== "chunk.mjs").toSorted();
  };
  expect(named(readdirSync(folder))).toEqual(named([...bundleOf("exchange").keys()]));
  expect(statSync(join(folder, "main.mjs")).size).toBeLessThan(statSync(bundleOfExchange("tasks")).size);
});

it.each<[FunctionName, string, number]>([
  ["exchange", "TABLE_BOUNDS", 2_000],
  ["tasks", "TABLE_BOUNDS", 2_000],
  ["exchange", "BOUNDS", 3_000],
])("%s waits by %s as it is deployed, unless a cloud is started patient", async (name, table, deployedMs) => {
  const [given, patient] = [await bundledFunctions(), await bundledFunctions(true)];
  expect(attemptMs(given(name), table)).toBe(deployedMs);
  expect(attemptMs(patient(name), table)).toBe(20 * deployedMs);
});

it("a patient cloud's adapters wait twenty times as long, and are otherwise as they are deployed", () => {
  const changed = globSync("functions/adapters/**/*.ts").filter((path) => {
    const source = readFileSync(path, "utf8");
    const patient = withPatience(source);
    const numbers = (text: string) =>
      [...text.matchAll(/\d[\d_]*/g)].map(([digits]) => Number(digits.replaceAll("_", "")));
    expect(patient.replace(/\d[\d_]*/g, "0"), path).toBe(source.replace(/\d[\d_]*/g, "0"));
    for (const [index, number] of numbers(source).entries())
      expect([number, 20 * number], path).toContain(numbers(patient)[index]);
    return patient !== source;
  });
  expect(changed).toEqual(
    expect.arrayContaining([
      "functions/adapters/dynamodb/table/table-bounds.ts",
      "functions/adapters/http/key-sets.ts",
      "functions/adapters/kms/kms-signer.ts",
      "functions/adapters/secrets-manager/http-secrets-manager.ts",
      "functions/adapters/sts/http-assume-role.ts",
      "functions/adapters/sts/revoker-sessions.ts",
    ]),
  );
});

it("a deployed function has two seconds for a call of the table, and no option for it", () => {
  expect(TABLE_BOUNDS).toEqual({ attempts: 3, connectMs: 1_000, attemptMs: 2_000, wholeMs: 6_000 });
  expect(BUNDLING).not.toHaveProperty("plugins");
});
