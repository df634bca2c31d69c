import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { slashed } from "../harness/slashed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A file and one thing that it imports, a type or a value. Both are paths from the root, or `to` is a package's name.
 */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** True for an import of types alone, which is gone when the code runs. */
  readonly ofTypes?: boolean;
}

/** Top-level folders that hold TypeScript. */
export const FOLDERS = [
  "action",
  "contract",
  "functions",
  "infra",
  "client",
  "console",
  "local",
  "tools",
  "test",
] as const;

/** Lists the top-level folders that hold TypeScript, by their names; built and installed files are left out. */
export const foldersWithSources = (): readonly string[] =>
  readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^(?!\.|node_modules$|reports$|build$|cdk\.out)/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => sourcesBelow(name).length > 0)
    .sort();

export interface Source {
  /** Path from the root. */
  readonly file: string;
  readonly text: string;
}

/** Every TypeScript file, components included, below a folder, in the order of the paths. */
export const sourcesBelow = (folder: string): readonly Source[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => slashed(join(folder, name)))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));

/**
 * Imports of every file below a folder. Imports of types count too: they are gone when the code runs, but a reader has
 * to follow them.
 */
export const importsBelow = (folder: string): readonly Import[] =>
  sourcesBelow(folder).flatMap(({ file, text }) =>
    [...text.matchAll(/^(?:import|export)\b[^;"'`]*?\bfrom "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm)].map(
      ([statement, a, b, c]) => ({
        from: file,
        to: resolve(file, a ?? b ?? c ?? ""),
        ofTypes: /^(import|export) type\b/.test(statement),
      }),
    ),
  );

const resolve = (from: string, to: string): string =>
  to.startsWith(".") ? slashed(normalize(join(dirname(from), to))) : to;

/** Lists the files below `test/` that import a file, directly or through others, sorted. */
export function reaching(file: string): readonly string[] {
  const importers = Map.groupBy(importsBelow("test"), ({ to }) => to);
  const found = new Set([file]);
  for (const each of found) for (const { from } of importers.get(each) ?? []) found.add(from);
  return [...found].sort();
}
