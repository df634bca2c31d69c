import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";

const SOURCES = fileURLToPath(new URL("../../console/", import.meta.url));

/** Served files of the console, without the settings of a deployment. */
export const CONSOLE_FILES = ["main.js", "style.css", "icon.svg", "page.html"] as const;
export type ConsoleFile = (typeof CONSOLE_FILES)[number];

/** Builds a file of the console from its sources. The package of a deployment has `packed-console-files.ts` in place of this file. */
export function consoleFile(name: ConsoleFile): Uint8Array {
  if (name === "main.js") return bundled("main.tsx");
  return name === "style.css" ? bundled(name) : readFileSync(join(SOURCES, name));
}

/** Options of esbuild for an entry of the console. */
export const consoleBundling = (entry: string) =>
  ({
    entryPoints: [join(SOURCES, entry)],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "error",
  }) satisfies BuildOptions;

const known = new Map<string, Uint8Array>();

/** Bundles an entry at the first call, so that a process with many consoles, such as the browser's tests, parses the sources once. */
function bundled(entry: string): Uint8Array {
  const content = known.get(entry) ?? bundle(entry);
  known.set(entry, content);
  return content;
}

function bundle(entry: string): Uint8Array {
  const { outputFiles } = buildSync(consoleBundling(entry));
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry}: esbuild wrote nothing`);
  return file.contents;
}
