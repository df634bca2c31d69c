import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Script of Biome, which Node runs. On Windows, `node_modules/.bin` has only shell scripts, which cannot be started as programs. */
const BIOME = fileURLToPath(import.meta.resolve("@biomejs/biome/bin/biome"));

/** Formats a generated file for the linter, so that its diffs are readable. */
export function formatFile(file: string, how: "format" | "check" = "format"): void {
  execFileSync(process.execPath, [BIOME, how, "--write", file], { cwd: ROOT });
}
