import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { BUNDLING } from "../../infra/bundle-function.ts";
import { bundleInPieces } from "../../infra/bundle-in-pieces.ts";
import { folderWith } from "../unit/policy-tools/folder.ts";

const sources = folderWith({
  "shared.mjs": `export class Refusal extends Error {} export let count = 0; export const add = () => { count += 1; };`,
  "both.mjs": `export const both = { of: "two" };`,
  "one.mjs": `import { add, Refusal } from "./shared.mjs"; import { both } from "./both.mjs"; add(); export const one = () => { throw new Refusal(both.of); };`,
  "two.mjs": `import { count } from "./shared.mjs"; import { both } from "./both.mjs"; export const two = () => [count, both.of];`,
  "index.mjs": `import { Refusal, add, count } from "./shared.mjs"; add();
    export const handler = async () => {
      const { one } = await import("./one.mjs");
      let isRefusal = false;
      try { one(); } catch (error) { isRefusal = error instanceof Refusal; }
      return [isRefusal, count, (await import("./two.mjs")).two()];
    };`,
  "loading.mjs": `import { add } from "./shared.mjs"; add();
    const loaded = (async () => { await import("./one.mjs"); await new Promise((resolve) => setTimeout(resolve, 20)); })();
    let isLoaded = false;
    export const handler = Object.assign(async () => isLoaded, { loaded: loaded.then(() => { isLoaded = true; }) });`,
  "again.mjs": `import { two } from "./two.mjs"; export const handler = async () => (await import("./two.mjs")).two === two;`,
  "three.mjs": `export const three = () => import("./two.mjs");`,
  "late.mjs": `import { two } from "./two.mjs"; export const handler = async () => (await (await import("./three.mjs")).three()).two === two;`,
});
const built: string[] = [];
afterAll(() => {
  for (const folder of [sources, ...built]) rmSync(folder, { recursive: true });
});

/** Bundles an entry. Returns the names of its files without their hashes, and what its handler answers. */
async function bundled(entry: string): Promise<{ readonly names: readonly string[]; readonly answer: unknown }> {
  const files = bundleInPieces(join(sources, entry), BUNDLING);
  const folder = folderWith(Object.fromEntries(files));
  built.push(folder);
  const { handler } = await import(pathToFileURL(join(folder, "index.mjs")).href);
  return { names: [...files.keys()].map((name) => name.replace(/-.*/, "")).toSorted(), answer: await handler() };
}

describe("a bundle in pieces", () => {
  it("is one file for a start, and the others share its classes and its state", async () => {
    const { names, answer } = await bundled("index.mjs");
    expect(names).toEqual(["chunk", "index.mjs", "main.mjs", "one", "two"]);
    expect(answer).toEqual([true, 2, [2, "two"]]);
  });

  it("is imported only once its function is loaded, though what it loads imports from it", async () => {
    expect((await bundled("loading.mjs")).answer).toBe(true);
  });

  it.each(["again.mjs", "late.mjs"])("has once what a start loads and something imports later (%s)", async (entry) => {
    expect((await bundled(entry)).answer).toBe(true);
  });
});
