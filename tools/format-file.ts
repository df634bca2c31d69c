import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installTools } from "./install-tools.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Script of Biome, which Node runs. On Windows, `node_modules/.bin` has only shell scripts, which cannot be started as programs. */
const BIOME = `${ROOT}node_modules/@biomejs/biome/bin/biome`;

/** Formats a generated file for the linter, so that its diffs are readable. */
export function formatFile(file: string, how: "format" | "check" = "format"): void {
  installTools("check");
  execFileSync(process.execPath, [BIOME, how, "--write", file], { cwd: ROOT });
}
