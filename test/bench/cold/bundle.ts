import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLING, CEDAR_FILE, CEDAR_MODULE } from "../../../infra/bundle-function.ts";
import { bundleInPieces } from "../../../infra/bundle-in-pieces.ts";

export interface Bundle {
  /** File to import. */
  readonly file: string;
  /** Size of the JavaScript that is loaded before the first answer, without Cedar's module. */
  readonly bytes: number;
}

/**
 * Bundles a function as deployed: JavaScript, separate files for code that only some requests need, and Cedar's module.
 */
export async function bundleOf(entry: string, folder: string): Promise<Bundle> {
  mkdirSync(folder, { recursive: true });
  const files = bundleInPieces(entry, BUNDLING);
  for (const [name, contents] of files) writeFileSync(join(folder, name), contents);
  copyFileSync(CEDAR_FILE, join(folder, CEDAR_MODULE));
  return { file: join(folder, "index.mjs"), bytes: loadedBytes(files) };
}

/** Files that are imported lazily, but at every start. */
const ALWAYS = /^(index|cedar-policies|secret-connector)\b/;

const IMPORTED = /(?:from|import)"\.\/([\w-]+\.mjs)"/g;

function loadedBytes(files: ReadonlyMap<string, Uint8Array>): number {
  const loaded = new Set<string>();
  const load = (name: string): void => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const [, imported = ""] of textOf(files, name).matchAll(IMPORTED)) load(imported);
  };
  for (const name of files.keys()) if (ALWAYS.test(name)) load(name);
  return [...loaded].reduce((bytes, name) => bytes + (files.get(name)?.length ?? 0), 0);
}

const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string =>
  Buffer.from(files.get(name) ?? []).toString();
