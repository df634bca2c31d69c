import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { slashed } from "../harness/slashed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VALUE_IMPORT = /^(?:import|export)\s+(?!type\b)[^;"'`]*?\bfrom "(\.[^"]+)"/gm;

/** Files that are loaded with a file: its imports of values, not the imports at a first use. */
export function loadedWith(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file) || !existsSync(join(ROOT, file))) return known;
  known.add(file);
  for (const [, to = ""] of readFileSync(join(ROOT, file), "utf8").matchAll(VALUE_IMPORT))
    loadedWith(slashed(normalize(join(dirname(file), to))), known);
  return known;
}
